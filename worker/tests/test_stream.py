import random

import pytest
from redis.crc import key_slot

from worker import stream as stream_module
from worker.entries import DeadLetter, sort_out
from worker.stream import Stream

from .machine import cast

pytestmark = pytest.mark.servers

OLD_KEYS = (b"name", b"consumers", b"pending", b"last-delivered-id")


@pytest.fixture
def consumer(redis_server, redis):
    """Creates a consumer, and its group if it is missing."""
    streams = []

    def consumer(name, *, batch_size=100, claim_idle_s=60.0):
        stream = Stream(redis_server.url, consumer=name, batch_size=batch_size, claim_idle_s=claim_idle_s)
        stream.open()
        streams.append(stream)
        return stream

    yield consumer
    for stream in streams:
        stream.close()


@pytest.fixture
def stream(consumer):
    return consumer("w1")


def ids(entries):
    return [entry_id.decode() for entry_id, _ in entries]


def settle(stream, entry_ids):
    stream.settle([entry_id.encode() for entry_id in entry_ids], [])


def consumers(redis):
    return {consumer["name"] for consumer in redis.xinfo_consumers("votes", "tally")}


def test_votes_cast_before_the_group_existed_are_read(redis, consumer):
    early = cast(redis, 1)

    assert ids(consumer("w1").new(wait=True)) == [early]


def test_opening_again_reads_nothing_twice(redis, stream):
    cast(redis, 1)
    stream.new(wait=True)

    stream.open()

    assert stream.new(wait=False) == []


def test_entries_are_read_in_the_form_that_entries_py_parses(redis, stream):
    cast(redis, 1)

    assert len(sort_out(stream.new(wait=True)).votes) == 1


def test_only_unacknowledged_entries_are_read_again(redis, stream):
    first, second = cast(redis, 1), cast(redis, 2)
    stream.new(wait=True)
    settle(stream, [first])

    assert ids(stream.unacknowledged()) == [second]


def test_a_deleted_entry_becomes_a_dead_letter(redis, stream):
    entry = cast(redis, 1)
    stream.new(wait=True)
    redis.xdel("votes", entry)

    batch = sort_out(stream.unacknowledged())

    assert [(letter.entry_id.decode(), letter.fields) for letter in batch.dead] == [(entry, [])]


def test_dead_letters_keep_all_fields_and_are_acknowledged(redis, stream):
    odd = [b"vote", b"c", b"vote", b"\xff", b"reason", b"mine"]
    redis.execute_command("XADD", "votes", "*", *odd)
    ((entry_id, fields),) = stream.new(wait=True)

    stream.settle([entry_id], [DeadLetter(entry_id, fields, "no vote")])

    stream._redis.set_response_callback("XRANGE", lambda answer, **_: answer)
    ((_, kept),) = stream._redis.xrange("{votes}:dead")
    assert kept == [*odd, b"reason", b"no vote", b"id", entry_id]
    assert stream.unacknowledged() == []


def test_only_entries_pending_for_too_long_are_claimed(redis, consumer):
    dead, patient, eager = consumer("dead"), consumer("patient"), consumer("eager", claim_idle_s=0.0)
    expected = [cast(redis, number) for number in range(3)]
    dead.new(wait=True)

    assert patient.abandoned() == ([], False)
    assert ids(eager.abandoned()[0]) == expected
    assert ids(eager.unacknowledged()) == expected
    assert dead.unacknowledged() == []


def test_all_abandoned_entries_are_claimed_in_batches(redis, consumer):
    dead, eager = consumer("dead"), consumer("eager", batch_size=4, claim_idle_s=0.0)
    expected = [cast(redis, number) for number in range(10)]
    dead.new(wait=True)

    taken, more = [], True
    while more:
        entries, more = eager.abandoned()
        assert len(entries) <= 4
        taken += ids(entries)

    assert taken == expected


def test_trimming_keeps_unread_entries(redis, stream):
    for number in range(5):
        cast(redis, number)

    backlog = stream.trim()

    assert redis.xlen("votes") == 5
    assert (backlog.lag, backlog.pending) == (5, 0)


def test_trimming_keeps_everything_from_the_first_pending_entry_on(redis, stream):
    entries = [cast(redis, number) for number in range(5)]
    stream.new(wait=True)
    settle(stream, [entries[0], entries[1], entries[3]])
    later = cast(redis, 9)

    backlog = stream.trim()

    assert [entry_id for entry_id, _ in redis.xrange("votes")] == [*entries[2:], later]
    assert (backlog.lag, backlog.pending) == (1, 2)


def test_trimming_leaves_one_acknowledged_entry(redis, stream):
    entries = [cast(redis, number) for number in range(500)]
    while read := ids(stream.new(wait=False)):
        settle(stream, read)

    backlog = stream.trim()

    assert [entry_id for entry_id, _ in redis.xrange("votes")] == entries[-1:]
    assert (backlog.lag, backlog.pending) == (0, 0)


def test_all_keys_are_in_one_slot_of_a_cluster():
    assert key_slot(stream_module.DEAD.encode()) == key_slot(stream_module.VOTES.encode())


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
                cast_ids += [cast(redis, number) for number in range(chance.randrange(6))]
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
    entries = [cast(redis, number) for number in range(3)]
    stream.new(wait=True)
    settle(stream, entries[:2])
    stream._redis.set_response_callback("XINFO GROUPS", without_lag)

    assert stream.trim() == (None, 1)
    assert [entry_id for entry_id, _ in redis.xrange("votes")] == entries[2:]


def without_lag(answer, **_):
    """As Redis 6.2 answers: it has neither entries-read nor lag."""
    groups = [dict(zip(group[::2], group[1::2], strict=True)) for group in answer]
    return [{key.decode(): group[key] for key in OLD_KEYS} for group in groups]


def test_an_entry_without_an_id_from_redis_6_becomes_a_dead_letter(redis, consumer):
    dead, eager = consumer("dead"), consumer("eager", claim_idle_s=0.0)
    kept, deleted = cast(redis, 1), cast(redis, 2)
    dead.new(wait=True)

    def hand_over(_answer, **_):
        """As Redis 6.2 answers: two elements, nil for a deleted entry, which stays pending."""
        redis.xclaim("votes", "tally", "eager", 0, [deleted])
        redis.xdel("votes", deleted)
        return [b"0-0", [[kept.encode(), []], None]]

    eager._redis.set_response_callback("XAUTOCLAIM", hand_over)
    entries, more = eager.abandoned()

    assert (ids(entries), more) == ([kept, deleted], False)
    assert [letter.entry_id.decode() for letter in sort_out(entries).dead] == [deleted]


def test_leaving_removes_a_consumer_that_holds_nothing(redis, stream, consumer):
    other = consumer("other")
    cast(redis, 1)
    settle(stream, ids(stream.new(wait=True)))
    other.new(wait=False)

    stream.leave()

    assert consumers(redis) == {"other"}


def test_leaving_with_pending_entries_keeps_them_for_other_workers(redis, stream, consumer):
    entry = cast(redis, 1)
    stream.new(wait=True)

    stream.leave()

    assert consumers(redis) == {"w1"}
    assert ids(consumer("w2", claim_idle_s=0.0).abandoned()[0]) == [entry]


def test_idle_consumers_are_removed_unless_they_have_pending_entries(redis, consumer, monkeypatch):
    empty, holding, live = consumer("empty"), consumer("holding"), consumer("live")
    cast(redis, 1)
    holding.new(wait=True)
    empty.new(wait=False)
    live.remove_idle_consumers()
    assert consumers(redis) == {"empty", "holding"}

    monkeypatch.setattr(stream_module, "CONSUMER_GONE_MS", -1)
    live.remove_idle_consumers()

    assert consumers(redis) == {"holding"}
