"""A demo as README tells people to run it: what it says, how it ends, what it leaves."""

import os
import re
import subprocess
from collections.abc import Sequence

from demo.environment import Environment
from local.app import ROOT

ROW = re.compile(r"^│ (.+?) +│ (.+?) +│$", re.MULTILINE)


def told(env: Environment, target: str, words: Sequence[str]) -> dict[str, str]:
    """Run `make target`, which must say these words in this order; the figures of its last table."""
    done = subprocess.run(
        ["make", target, f"ENV={env.name}"],
        cwd=ROOT,
        env=os.environ | {"CLUSTER_NAME": env.cluster.name},
        capture_output=True,
        text=True,
        timeout=420,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    place = 0
    for each in (*words, "What it cost"):
        place = done.stdout.find(each, place)
        assert place >= 0, f"{each!r} is not said, or too early:\n{done.stdout}"
    return dict(ROW.findall(done.stdout))
