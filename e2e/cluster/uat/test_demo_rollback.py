"""`make demo-rollback` as described in README: its output, its result, and the state that it leaves."""

import os
import re
import subprocess

from e2e import talk
from local.app import ROOT
from stage import replay
from stage.events import Session

ROW = re.compile(r"^│ (.+?) +│ (.+?) +│$", re.MULTILINE)
WORDS = (
    "the release view: http://localhost:",
    "step 1 of 8: setWeight 20 %",
    "errors turned ON for release",
    "background analysis: error-rate failed",
    "aborted: RolloutAborted",
    "rolled back by itself",
    "votes work again",
    "revert: uat gets",
    "What it cost",
    "play it again: make stage REPLAY=.stage/uat-",
)


def test_the_demo_prints_every_event_and_its_figures(env, figure):
    before = env.look()
    (demo,) = talk.run_by("cluster/uat/test_demo_rollback.py")

    done = subprocess.run(
        [*demo.split(), f"ENV={env.name}"],
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
    accepted = int(figures["accepted votes lost"].removeprefix("0 of "))
    (recording,) = re.findall(r"REPLAY=(\S+)", done.stdout)
    shown = Session()
    for event in replay.read(ROOT / recording):
        shown.publish(**event)
    counts = shown.snapshot()["counts"]
    assert counts[before.release] == {"ok": counts[before.release]["ok"], "failed": 0}
    assert sum(each["ok"] for each in counts.values()) == accepted
    assert shown.snapshot()["unanswered"] == 0
    assert shown.snapshot()["abort"]["release"] in counts
    figure("from the switch to the abort", figures["from the switch to the abort"])
    after = env.look()
    assert (after.healthy, after.release) == (True, before.release)
