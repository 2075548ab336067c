"""`make demo-blue-green`, as docs/demo.md has it: its output, its result, and its recording."""

import os
import re
import subprocess

import pytest

from e2e import talk
from local.app import ROOT

WORDS = (
    "the release view: http://localhost:",
    "it waits for a person: preview shows",
    "active shows release",
    "errors turned ON for release",
    "aborted: RolloutAborted",
    "nobody noticed",
    "What it cost",
    "play it again: make stage REPLAY=.stage/staging-",
)


@pytest.mark.whole
def test_the_demo_prints_every_event_and_its_figures(env):
    cluster, demo = talk.run_by("cluster/staging/test_demo_blue_green.py")
    said = {
        command: subprocess.run(
            command.split(),
            cwd=ROOT,
            env=os.environ | {"CLUSTER_NAME": env.cluster.name},
            capture_output=True,
            text=True,
            timeout=600,
            check=True,
        ).stdout
        for command in (cluster, demo)
    }

    assert "staging is Healthy" in said[cluster]
    place = 0
    for words in WORDS:
        place = said[demo].find(words, place)
        assert place >= 0, f"{words!r} is missing or out of order:\n{said[demo]}"
    assert re.search(r"votes failed on active +│ 0 of \d{3,}", said[demo])
    assert re.search(r"votes that no release answered +│ 0 ", said[demo])
