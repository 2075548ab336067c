"""`make demo-rollback` as README tells people to run it: what it says, how it ends, what it leaves."""

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


def test_the_demo_tells_what_happens_and_ends_with_its_figures(env, figure):
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
        assert place >= 0, f"{words!r} is not said, or too early:\n{done.stdout}"
    figures = dict(ROW.findall(done.stdout))
    assert figures["votes failed on the stable release"] == "0"
    assert figures["accepted votes lost"].startswith("0 of ")
    figure("from the switch to the abort", figures["from the switch to the abort"])
    after = env.look()
    assert (after.healthy, after.release) == (True, before.release)
