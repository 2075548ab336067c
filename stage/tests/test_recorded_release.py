"""The recording in docs/recordings: a bad release was stopped, and no vote failed on stable."""

from pathlib import Path

from stage import replay
from stage.events import Session

RECORDING = Path(__file__).parents[2] / "docs/recordings/bad-release.jsonl"


def test_the_bad_release_is_stopped_and_no_vote_fails_on_stable():
    events = replay.read(RECORDING)
    session = Session(now=lambda: 0)
    for event in events:
        session.publish(**event)

    state = session.snapshot()
    bad = state["abort"]["release"]
    assert state["abort"]["verdict"]["rate"] >= state["session"]["threshold"]
    assert state["counts"][bad]["failed"] > 0
    assert [count["failed"] for release, count in state["counts"].items() if release != bad] == [0]
    assert state["unanswered"] == 0
    assert all(source["known"] for source in state["sources"].values())


def test_it_is_small():
    assert RECORDING.stat().st_size < 300_000
