"""What is known after each event: one pure reducer, for live sessions, for replays and for tests.

static/state.js is the same reducer for the page; a test compares the two.
"""

from typing import Any

Event = dict[str, Any]
State = dict[str, Any]

SOURCES = ("api", "apm", "users", "switch")
VERDICTS = 20
RATES = 240
VOTES = 900  # of the last 60 s, at 15 a second
RELEASES = 20
NAMES = ("session", "rollout", "vote", "rate", "verdict", "switch", "source", "end")


def nothing() -> State:
    """The state before the first event: no source is known, and no number is zero."""
    return {
        "session": None,
        "rollout": None,
        "rate": None,
        "rates": [],  # [t, percent or null] of each answer; null where apm was lost or another release came
        "verdicts": [],
        "switch": None,
        "sources": {name: {"known": False, "since": 0, "why": "not asked yet"} for name in SOURCES},
        "counts": {},
        "votes": [],  # [t, release, ok] of the last votes
        "unanswered": 0,
        "unanswered_why": "",
        "abort": None,
        "ended": False,
    }


def apply(state: State, event: Event) -> None:
    """Bring the state up to date; its size has a limit, whatever the number of events."""
    match event["event"]:
        case "vote":
            _vote(state, event)
        case "rate":
            before = state["rate"]
            if before and before["release"] != event["release"]:
                _append(state["rates"], [event["t"], None], RATES)
            state["rate"] = event
            _append(state["rates"], [event["t"], event["percent"]], RATES)
        case "verdict":
            _append(state["verdicts"], event, VERDICTS)
            abort = state["abort"]
            if (
                abort
                and not abort["verdict"]
                and not event["passed"]
                and event["release"] == abort["release"]
            ):
                abort["verdict"] = event  # the cluster stopped the release before its Job's log was read
        case "rollout":
            state["rollout"] = event
            _abort(state, event)
        case "source":
            _source(state, event)
        case "end":
            state["ended"] = True
        case name:
            state[name] = event


def _vote(state: State, event: Event) -> None:
    _append(state["votes"], [event["t"], event["release"], event["ok"]], VOTES)
    if not event["release"]:
        state["unanswered"] += 1
        state["unanswered_why"] = event.get("why", "")
        return
    counts = state["counts"]
    count = counts.setdefault(event["release"], {"ok": 0, "failed": 0})
    count["ok" if event["ok"] else "failed"] += 1
    if len(counts) > RELEASES:
        del counts[next(iter(counts))]


def _source(state: State, event: Event) -> None:
    name, before = event["source"], state["sources"][event["source"]]
    since = event["t"] if before["known"] or event["known"] else before["since"]
    state["sources"][name] = {"known": event["known"], "since": since, "why": event["why"]}
    if name == "apm" and before["known"] and not event["known"]:
        _append(state["rates"], [event["t"], None], RATES)


def _abort(state: State, rollout: Event) -> None:
    """Remember the abort until another release, or another attempt, rolls out."""
    release, abort = rollout["release"], state["abort"]
    if rollout["aborted"]:
        if not abort or abort["release"] != release:
            failed = [each for each in state["verdicts"] if each["release"] == release and not each["passed"]]
            state["abort"] = {
                "t": rollout["t"],
                "release": release,
                "tag": rollout["tag"],
                "message": rollout["message"],
                "verdict": failed[-1] if failed else None,
            }
    elif release not in ("", rollout["stable"]):
        state["abort"] = None


def _append(items: list[Any], item: object, most: int) -> None:
    items.append(item)
    del items[:-most]
