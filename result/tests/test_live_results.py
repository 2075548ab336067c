import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from result.live_results import LiveResults
from result.tally import Snapshot, Tally

LONG = 30.0
FIRST = Snapshot(Tally(1, 0, datetime.now(UTC)), None)
SECOND = Snapshot(Tally(1, 1, datetime.now(UTC)), None)


def votes(message: bytes) -> list[int]:
    assert message.startswith(b"data: ")
    assert message.endswith(b"\n\n")
    return [option["votes"] for option in json.loads(message[6:])["options"]]


def test_a_stream_starts_with_the_retry_delay_and_the_figures(live):
    live.publish(FIRST)
    stream = live.follow(LONG)
    assert next(stream) == b"retry: 1000\n\n"
    assert votes(next(stream)) == [1, 0]


def test_a_change_wakes_every_waiting_viewer(live):
    live.publish(FIRST)
    streams = [live.follow(LONG) for _ in range(50)]
    for stream in streams:
        next(stream), next(stream)
    with ThreadPoolExecutor(50) as pool:
        waiting = [pool.submit(next, stream) for stream in streams]
        live.publish(SECOND)
        messages = [future.result(timeout=5) for future in waiting]
    assert votes(messages[0]) == [1, 1]
    assert len({id(message) for message in messages}) == 1, "encoded once for all"


def test_a_slow_viewer_gets_only_the_newest(live):
    stream = live.follow(LONG)
    next(stream), next(stream)
    for n in range(100):
        live.publish(Snapshot(Tally(n, 0, None), None))
    assert votes(next(stream)) == [99, 0]


def test_a_quiet_stream_repeats_the_figures(live):
    live.publish(FIRST)
    stream = live.follow(ping_s=0.01)
    next(stream)
    assert next(stream) == next(stream) == next(stream)


def test_unchanged_figures_are_not_pushed(live):
    assert live.publish(FIRST)
    assert not live.publish(Snapshot(Tally(1, 0, FIRST.tally.updated_at), None))


def test_close_ends_waiting_and_later_streams():
    live = LiveResults(("Cats", "Dogs"))
    stream = live.follow(LONG)
    next(stream), next(stream)
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(list, stream)
        live.close()
        assert ending.result(timeout=5) == []
    assert list(live.follow(LONG)) == [b"retry: 1000\n\n"]
    assert not live.publish(FIRST)
