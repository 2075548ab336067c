import pytest
from redis.crc import key_slot

from worker import stream as stream_module
from worker.entries import DeadLetter, sort_out

from .machine import cast, cast_many, ids, settle

pytestmark = pytest.mark.servers


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
    expected = cast_many(redis, 3)
    dead.new(wait=True)

    assert patient.abandoned() == ([], False)
    assert ids(eager.abandoned()[0]) == expected
    assert ids(eager.unacknowledged()) == expected
    assert dead.unacknowledged() == []


def test_all_abandoned_entries_are_claimed_in_batches(redis, consumer):
    dead, eager = consumer("dead"), consumer("eager", batch_size=4, claim_idle_s=0.0)
    expected = cast_many(redis, 10)
    dead.new(wait=True)

    taken, more = [], True
    while more:
        entries, more = eager.abandoned()
        assert len(entries) <= 4
        taken += ids(entries)

    assert taken == expected


def test_all_keys_are_in_one_slot_of_a_cluster():
    assert key_slot(stream_module.DEAD.encode()) == key_slot(stream_module.VOTES.encode())


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
