"""make finds the same services in the folders as the code does."""

import re
import subprocess

import pytest

from delivery.domain.services import SERVICES
from local.app import ROOT

PACKAGES = {path.parent.name for path in ROOT.glob("*/src/*/__init__.py")}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_no_other_folder_s_package(service):
    """Its image contains nothing else of this repository."""
    others = "|".join(sorted(PACKAGES - {service}))
    for path in (ROOT / service / "src").rglob("*.py"):
        found = re.findall(rf"^\s*(?:from|import) ({others})\b", path.read_text(), re.MULTILINE)
        assert not found, path


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
    assert {"apm", "result", "stage", "vote", "worker"} <= set(SERVICES)
