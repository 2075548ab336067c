import json
import threading
import tracemalloc

import pytest

from stage.events import BACKLOG, Session
from stage.state import apply, nothing


def news(message):
    """The events in one message of a stream."""
    ident, data = message.decode().rstrip("\n").split("\n")
    assert ident.startswith("id: ")
    return json.loads(data.removeprefix("data: "))


def folded(events):
    state = nothing()
    for event in events:
        if event["event"] == "snapshot":
            state = {key: event[key] for key in state}
        else:
            apply(state, event)
    return state


def publish(session, told):
    for event in told:
        session.publish(**event)


def test_the_snapshot_is_the_sum_of_the_events(session, told):
    publish(session, told)
    assert session.snapshot() == {"event": "snapshot", "t": told[-1]["t"], **folded(told)}


def test_an_event_gets_the_sessions_time_and_time_never_falls(session, clock):
    clock.t = 500
    session.publish("switch", release="r", enabled=True)
    clock.t = 400
    session.publish("switch", release="r", enabled=False)
    assert session.snapshot()["switch"] == {"t": 500, "event": "switch", "release": "r", "enabled": False}


def test_what_says_nothing_new_is_not_published(clock):
    lines = []
    session = Session(now=clock, record=lines.append)
    assert session.publish("source", source="api", known=True, why="")
    assert not session.publish("source", source="api", known=True, why="")
    assert session.publish("source", source="apm", known=True, why="")
    vote = {"release": "r", "ok": True, "status": 200, "ms": 5}
    assert session.publish("vote", **vote)
    assert session.publish("vote", **vote), "two equal votes are two votes"
    assert len(lines) == 4


def test_an_unknown_event_is_a_mistake(session):
    with pytest.raises(ValueError, match="unknown event 'vot'"):
        session.publish("vot")


def test_what_the_source_changes_later_does_not_change_the_state(session, told):
    rollout = next(event for event in told if event["event"] == "rollout")
    session.publish(**rollout)
    rollout["pods"].clear()
    assert session.snapshot()["rollout"]["pods"]


def test_a_viewer_gets_the_snapshot_and_then_the_news(session, told):
    publish(session, told[:50])
    stream = session.follow(every_s=0)
    assert next(stream) == b"retry: 1000\n\n"
    [snapshot] = news(next(stream))
    assert snapshot == session.snapshot()
    publish(session, told[50:])
    received = news(next(stream))
    assert received == told[50:], "many events are one message"
    assert folded([snapshot, *received]) == folded(told)


def test_a_message_carries_the_sessions_time_even_without_news(session, clock):
    stream = session.follow(ping_s=0, every_s=0)
    next(stream), next(stream)
    clock.t = 7000
    assert next(stream) == b"id: 7000\ndata: []\n\n"


def test_a_slow_viewer_gets_the_snapshot_again_and_no_memory(session, told):
    stream = session.follow(every_s=0)
    next(stream), next(stream)
    vote = {"release": "r", "ok": True, "status": 200, "ms": 5}
    for _ in range(BACKLOG * 3):
        session.publish("vote", **vote)
    tracemalloc.start()
    viewers = [session.follow(every_s=0) for _ in range(50)]
    for viewer in viewers:
        next(viewer), next(viewer)
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(BACKLOG * 2):
        session.publish("vote", **vote)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 200_000
    [snapshot] = news(next(stream))
    assert snapshot["event"] == "snapshot"
    assert snapshot["counts"] == {"r": {"ok": BACKLOG * 5, "failed": 0}}


def test_a_session_that_has_ended_begins_anew_for_every_viewer(session, clock, told):
    viewers = [session.follow(every_s=0) for _ in range(2)]
    for viewer in viewers:
        next(viewer), next(viewer)
    clock.t = told[-1]["t"]
    publish(session, told)
    assert not session.restart(), "it has not ended"
    session.publish("end")
    clock.t = 0
    assert session.restart()
    assert not session.restart(), "once"
    for viewer in viewers:
        assert next(viewer).startswith(b"id: 0\n")
    publish(session, told[:50])
    for viewer in [*viewers, session.follow(every_s=0)]:
        received = next(viewer) if viewer in viewers else [next(viewer), next(viewer)][1]
        assert folded(news(received)) == folded(told[:50]), "nothing is left over"


def test_closing_ends_waiting_viewers(session):
    stream = session.follow(ping_s=60, every_s=0)
    next(stream), next(stream)
    waiting = threading.Thread(target=lambda: list(stream))
    waiting.start()
    session.close()
    waiting.join(5)
    assert not waiting.is_alive()
