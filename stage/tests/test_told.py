"""The votes of a demo, which the release view shows instead of its own."""

import json
import threading

from stage.told import Told

from .servers import Events, running

GOOD = {"release": "good", "ok": True, "status": 200, "ms": 12}
NOBODY = {"release": "", "ok": False, "status": 0, "ms": 5000, "why": "no answer in time"}


def lines(*votes):
    return [json.dumps(each).encode() + b"\n" for each in votes]


def told(events, given):
    made = Told(given, events)
    made.start()
    made._thread.join(timeout=5)
    return made


def test_each_vote_is_shown_as_it_was_cast():
    events = Events()

    told(events, lines(GOOD, NOBODY, GOOD))

    assert events.named("vote") == [GOOD, NOBODY, GOOD]
    assert events.named("source") == [{"source": "users", "known": True, "why": ""}]


def test_half_a_vote_of_a_demo_that_was_killed_is_no_vote():
    events = Events()

    told(events, [*lines(GOOD), b'{"release": "go'])

    assert events.named("vote") == [GOOD]


def test_users_are_not_known_once_nobody_votes():
    events, more, stop = Events(), threading.Event(), threading.Event()

    def given():
        yield from lines(GOOD)
        more.wait(20)

    made = Told(given(), events)
    with running([], stop, made.source):
        made.start()
        _, unknown = events.wait("source", lambda content: not content["known"])
        more.set()

    assert unknown == {"source": "users", "known": False, "why": "nobody votes"}
