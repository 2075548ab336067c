from itertools import islice

import pytest

from stage import replay
from stage.checks import ConfigError
from stage.events import Session
from stage.replay import Replay

from . import bad_release


def test_at_twenty_moments_the_replay_equals_the_live_session(tmp_path, told, clock):
    """Both sessions get the same events; the replay's come from the file that the live one wrote."""
    lines = []
    live = Session(now=clock, record=lines.append)
    path = tmp_path / "session.jsonl"
    moments = {len(told) * n // 20 for n in range(1, 21)}
    shown = {}
    for number, event in enumerate(told, 1):
        clock.t = event["t"]
        live.publish(**{key: value for key, value in event.items() if key != "t"})
        if number in moments:
            shown[number] = live.snapshot()
    path.write_text("\n".join(lines))
    played = Session(now=lambda: 0)
    for number, event in enumerate(replay.read(path), 1):
        played.publish(**event)
        if number in moments:
            assert played.snapshot() == shown.pop(number)
    assert shown == {}


@pytest.mark.parametrize("speed", [0.5, 1, 10])
def test_events_come_at_their_time_divided_by_the_speed(told, monkeypatch, speed):
    now = [100.0]
    monkeypatch.setattr("stage.replay.time.monotonic", lambda: now[0])

    def wait(seconds):
        now[0] += seconds

    played = Replay(told, speed=speed)
    session = Session(now=played.now)
    played.play(session, wait)
    assert now[0] - 100 == pytest.approx(told[-1]["t"] / 1000 / speed)
    assert session.snapshot()["ended"]
    now[0] += 60
    assert next(islice(session.follow(), 1, None)).startswith(b"id: %d\n" % told[-1]["t"]), "time has stopped"


def test_a_recording_plays_again_with_the_same_states(told, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("stage.replay.time.monotonic", lambda: now[0])
    shown = {}

    def wait(seconds):
        shown[session.snapshot()["t"]] = session.snapshot()
        now[0] += seconds

    played = Replay(told)
    session = Session(now=played.now)
    played.play(session, wait)
    first, ended = shown.copy(), session.snapshot()
    shown.clear()
    assert session.restart()
    played.play(session, wait)
    assert first[0]["counts"] == {}
    assert (shown, session.snapshot()) == (first, ended)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "its first line is not the session"),
        ('{"t": 0, "event": "end"}', "its first line is not the session"),
        ('{"t": 0, "event": "session"}\nnonsense', "line 2 is not an event"),
        ('{"t": 5, "event": "session"}\n{"t": 4, "event": "end"}', "line 2 is not an event"),
        ('{"t": 5, "event": "party"}', "line 1 is not an event"),
        ("[1]", "line 1 is not an event"),
    ],
)
def test_what_is_no_recording_is_refused_in_one_line(tmp_path, text, reason):
    path = tmp_path / "file.jsonl"
    path.write_text(text)
    with pytest.raises(ConfigError, match=reason) as refused:
        replay.read(path)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"gone\.jsonl: No such file"):
        replay.read(tmp_path / "gone.jsonl")


def test_the_made_up_release_is_the_same_every_time(tmp_path, told):
    assert replay.read(bad_release.write(tmp_path / "bad.jsonl", told)) == bad_release.events()
