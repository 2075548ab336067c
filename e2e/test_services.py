"""make finds the same services in the folders as the code does."""

import subprocess

import pytest

from delivery.domain.services import SERVICES
from local.app import ROOT


@pytest.mark.servers
def test_make_knows_the_same_services():
    said = subprocess.run(
        ["make", "--no-print-directory", "--eval=said: ; @echo $(SERVICES)", "said"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert tuple(said.stdout.split()) == SERVICES
    assert {"apm", "result", "vote", "worker"} <= set(SERVICES)
