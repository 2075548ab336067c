"""`make demo-rollback` as described in README: its output, its result, and the state that it leaves."""

import os
import re
import subprocess

from local.app import ROOT

ROW = re.compile(r"^│ (.+?) +│ (.+?) +│$", re.MULTILINE)
WORDS = (
    "step 1 of 8: setWeight 20 %",
    "errors turned ON for release",
    "background analysis: error-rate failed",
    "aborted: RolloutAborted",
    "rolled back by itself",
    "votes work again",
    "revert: uat gets",
    "What it cost",
)


def test_the_demo_prints_every_event_and_its_figures(env, figure):
    before = env.look()

    done = subprocess.run(
        ["make", "demo-rollback", f"ENV={env.name}"],
        cwd=ROOT,
        env=os.environ | {"CLUSTER_NAME": env.cluster.name},
        capture_output=True,
        text=True,
        timeout=420,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    place = 0
    for words in WORDS:
        place = done.stdout.find(words, place)
        assert place >= 0, f"{words!r} is missing or out of order:\n{done.stdout}"
    figures = dict(ROW.findall(done.stdout))
    assert figures["votes failed on the stable release"] == "0"
    assert figures["votes that no release answered"] == "0"
    assert figures["accepted votes lost"].startswith("0 of ")
    figure("from the switch to the abort", figures["from the switch to the abort"])
    after = env.look()
    assert (after.healthy, after.release) == (True, before.release)
