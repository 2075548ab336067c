import random

import pytest

from .machine import cast, cast_many, ids, settle

pytestmark = pytest.mark.servers

OLD_KEYS = (b"name", b"consumers", b"pending", b"last-delivered-id")


def test_trimming_keeps_unread_entries(redis, stream):
    cast_many(redis, 5)

    backlog = stream.trim()

    assert redis.xlen("votes") == 5
    assert (backlog.lag, backlog.pending) == (5, 0)


def test_trimming_keeps_everything_from_the_first_pending_entry_on(redis, stream):
    entries = cast_many(redis, 5)
    stream.new(wait=True)
    settle(stream, [entries[0], entries[1], entries[3]])
    later = cast(redis, 9)

    backlog = stream.trim()

    assert [entry_id for entry_id, _ in redis.xrange("votes")] == [*entries[2:], later]
    assert (backlog.lag, backlog.pending) == (1, 2)


def test_trimming_leaves_one_acknowledged_entry(redis, stream):
    entries = cast_many(redis, 500)
    while read := ids(stream.new(wait=False)):
        settle(stream, read)

    backlog = stream.trim()

    assert [entry_id for entry_id, _ in redis.xrange("votes")] == entries[-1:]
    assert (backlog.lag, backlog.pending) == (0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_trimming_at_any_moment_by_anyone_loses_nothing(redis, consumer, seed):
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    streams = [consumer(f"w{number}", batch_size=7) for number in range(3)]
    held = {stream: [] for stream in streams}
    cast_ids, settled = [], set()
    for _ in range(400):
        stream = chance.choice(streams)
        match chance.choice(["cast", "cast", "read", "settle", "trim"]):
            case "cast":
                cast_ids += cast_many(redis, chance.randrange(6))
            case "read":
                held[stream] += ids(stream.new(wait=False))
            case "settle" if held[stream]:
                done = set(chance.sample(held[stream], chance.randint(1, len(held[stream]))))
                settle(stream, done)
                held[stream] = [entry_id for entry_id in held[stream] if entry_id not in done]
                settled |= done
            case "trim":
                stream.trim()
                left = {entry_id for entry_id, _ in redis.xrange("votes")}
                assert left >= set(cast_ids) - settled
    assert settled


def test_trimming_works_on_redis_6_which_has_no_lag(redis, stream):
    entries = cast_many(redis, 3)
    stream.new(wait=True)
    settle(stream, entries[:2])
    stream._redis.set_response_callback("XINFO GROUPS", without_lag)

    assert stream.trim() == (None, 1)
    assert [entry_id for entry_id, _ in redis.xrange("votes")] == entries[2:]


def without_lag(answer, **_):
    """As Redis 6.2 answers: it has neither entries-read nor lag."""
    groups = [dict(zip(group[::2], group[1::2], strict=True)) for group in answer]
    return [{key.decode(): group[key] for key in OLD_KEYS} for group in groups]
