from stage.state import RATES, VERDICTS, VOTES, apply, nothing

from . import bad_release
from .bad_release import ABORT_MS, CANARY, STABLE


def after(events, until=10**9):
    state = nothing()
    for event in events:
        if event["t"] <= until:
            apply(state, event)
    return state


def test_before_the_first_event_nothing_is_known():
    assert {each["known"] for each in nothing()["sources"].values()} == {False}
    assert nothing()["counts"] == {}
    assert nothing()["rate"] is None


def test_every_vote_is_counted_for_the_release_that_answered(told):
    votes = [event for event in told if event["event"] == "vote"]
    state = after(told)
    for release in (STABLE, CANARY):
        ours = [event["ok"] for event in votes if event["release"] == release]
        assert state["counts"][release] == {"ok": sum(ours), "failed": len(ours) - sum(ours)}
    assert state["counts"][STABLE]["failed"] == 0
    assert state["counts"][CANARY]["failed"] > 10


def test_a_vote_that_no_release_answered_is_nobodys():
    vote = {"t": 1, "event": "vote", "release": "", "ok": False, "status": 0, "ms": 2000, "why": "timed out"}
    state = after([vote])
    assert (state["counts"], state["unanswered"], state["unanswered_why"]) == ({}, 1, "timed out")


def test_the_abort_stays_with_its_figures_when_stable_is_restored(told):
    assert after(told, ABORT_MS - 1)["abort"] is None
    abort = after(told)["abort"]
    assert (abort["t"], abort["release"], abort["verdict"]["rate"]) == (ABORT_MS, CANARY, 62.1)


def test_a_verdict_that_arrives_after_the_abort_explains_it(told):
    late = [event | {"t": ABORT_MS + 1} if event["event"] == "verdict" else event for event in told]
    failed = [event for event in late if event["event"] == "verdict" and not event["passed"]]
    told = sorted((event for event in late if event not in failed), key=lambda event: event["t"])
    state = after(told, ABORT_MS)
    assert state["abort"]["verdict"] is None
    apply(state, failed[0])
    assert state["abort"]["verdict"] == failed[0]


def test_the_next_attempt_ends_the_abort(told):
    state = after(told)
    again = next(event for event in told if event["event"] == "rollout" and event["step"] == 1)
    apply(state, again | {"t": 70_000})
    assert state["abort"] is None


def test_a_source_is_unknown_since_the_first_failure():
    def source(t, known, why=""):
        return {"t": t, "event": "source", "source": "apm", "known": known, "why": why}

    rate = {"t": 2, "event": "rate", "release": "r", "percent": 3.0, "requests": 9}
    state = after([source(1, True), rate, source(5, False, "refused"), source(7, False, "timed out")])
    assert state["sources"]["apm"] == {"known": False, "since": 5, "why": "timed out"}
    assert state["rates"] == [[2, 3.0], [5, None]], "the line ends where apm was lost"
    apply(state, source(9, True))
    assert state["sources"]["apm"]["known"]


def test_each_release_has_its_own_line():
    def rate(t, release):
        return {"t": t, "event": "rate", "release": release, "percent": 3.0, "requests": 9}

    state = after([rate(2, "bad"), rate(4, "bad"), rate(6, "stable")])
    assert state["rates"] == [[2, 3.0], [4, 3.0], [6, None], [6, 3.0]]


def test_memory_is_bounded():
    many = bad_release.events(seconds=600) * 3
    state = after([*many, *({"t": 1, "event": "vote", "release": f"r{n}", "ok": True} for n in range(99))])
    assert len(state["votes"]) == VOTES
    assert len(state["rates"]) <= RATES
    assert len(state["verdicts"]) <= VERDICTS
    assert len(state["counts"]) <= 20
