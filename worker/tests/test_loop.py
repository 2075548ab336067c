import pytest

from local.servers import free_port

from .machine import cast, cast_many, eventually, voter

pytestmark = pytest.mark.servers

# One statement, so that tally and votes are of the same moment.
COUNTED = "SELECT ARRAY[a, b], replace(voter::text, '-', ''), vote FROM tally LEFT JOIN votes ON true"
WORKERS = "FROM pg_stat_activity WHERE application_name = 'worker'"


@pytest.fixture
def counted(sql):
    """The vote of every voter, after checking that the tally agrees with it."""

    def counted():
        rows = sql(COUNTED)
        votes = {voter: vote for _, voter, vote in rows if voter}
        assert rows[0][0] == [list(votes.values()).count(choice) for choice in "ab"]
        return votes

    return counted


def pending(redis):
    return redis.xpending("votes", "tally")["pending"]


def test_votes_are_counted_and_acknowledged(redis, machine, counted):
    cast(redis, 1, "a")
    cast(redis, 2, "b")
    cast(redis, 1, "b")
    loop = machine.loop()

    loop.round()

    assert counted() == {voter(1): "b", voter(2): "b"}
    assert pending(redis) == 0
    assert loop.metric("worker_votes_applied_total", release="r1", vote="a") == 1
    assert loop.metric("worker_votes_applied_total", release="r1", vote="b") == 2
    assert loop.metric("worker_batches_total", source="new") == 1
    assert loop.metric("worker_batch_seconds_count") == 1
    assert loop.metric("worker_last_success_timestamp_seconds") > 1_700_000_000


def test_synthetic_votes_are_counted_only_in_a_metric(redis, machine, counted):
    cast(redis, 1, "a", synthetic=1)
    cast(redis, 2, "b")
    loop = machine.loop()

    loop.round()

    assert counted() == {voter(2): "b"}
    assert loop.metric("worker_votes_synthetic_total", release="r1") == 1
    assert pending(redis) == 0


def test_a_poison_entry_becomes_a_dead_letter_and_the_rest_is_counted(redis, machine, counted):
    cast(redis, 1)
    poison = cast(redis, 2, "c")
    cast(redis, 3)
    loop = machine.loop()

    loop.round()

    assert counted() == {voter(1): "a", voter(3): "a"}
    ((_, letter),) = redis.xrange("{votes}:dead")
    assert letter["id"] == poison
    assert letter["voter"] == voter(2)
    assert letter["reason"] == "vote is neither a nor b"
    assert loop.metric("worker_dead_letters_total", reason=letter["reason"]) == 1
    assert pending(redis) == 0


def test_more_than_a_batch_is_read_ahead_and_counted_once(redis, machine, counted):
    cast_many(redis, 95)
    loop = machine.loop(batch_size=10).start()

    eventually(lambda: len(counted()) == 95)

    eventually(lambda: pending(redis) == 0)
    assert loop.metric("worker_votes_applied_total", release="r1", vote="a") == 95
    assert loop.metric("worker_batches_total", source="new") == 10


def test_the_stop_finishes_what_was_read_and_leaves_the_group(redis, machine, counted):
    cast_many(redis, 30)
    loop = machine.loop(batch_size=10)
    loop.round()
    assert pending(redis) == 10  # read ahead

    loop.stop.set()
    loop.loop.run()

    assert len(counted()) == 20
    assert pending(redis) == 0
    assert redis.xinfo_consumers("votes", "tally") == []


def test_a_failed_batch_is_applied_by_the_next_round(redis, machine, sql, counted):
    loop = machine.loop(batch_size=10)
    loop.round()
    cast_many(redis, 15)
    sql("DELETE FROM tally")  # the next write fails, and reopening the store repairs it

    with pytest.raises(Exception, match="tally is missing"):
        loop.round()
    assert not loop.health.is_ready()
    assert pending(redis) == 15
    loop.round()
    loop.round()

    assert loop.health.is_ready()
    assert len(counted()) == 15
    assert pending(redis) == 0
    assert loop.metric("worker_failures_total") == 1
    assert loop.metric("worker_batches_total", source="unacknowledged") == 2


def test_votes_that_a_dead_worker_committed_but_did_not_acknowledge_count_once(redis, machine, counted):
    cast_many(redis, 10)
    dead = machine.loop("dead")
    dead.loop._connect()
    dead.loop._store.apply(dead.loop._next_batch()[1].votes[:5])
    assert (len(counted()), pending(redis)) == (5, 10)

    loop = machine.loop(idle_s=0.0)
    loop.round()

    assert len(counted()) == 10
    assert pending(redis) == 0
    assert loop.metric("worker_batches_total", source="abandoned") == 1


@pytest.mark.parametrize("harm", ["XGROUP DESTROY votes tally", "DEL votes", "FLUSHALL"])
def test_a_lost_group_is_created_again(redis, machine, counted, harm):
    loop = machine.loop().start()
    cast(redis, 1)
    eventually(lambda: len(counted()) == 1)

    redis.execute_command(*harm.split())
    cast(redis, 2)

    eventually(lambda: len(counted()) == 2)
    assert loop.metric("worker_failures_total") > 0
    eventually(loop.health.is_ready)


def test_a_broken_connection_loses_nothing(redis, machine, sql, counted):
    loop = machine.loop(batch_size=10).start()
    for number in range(300):
        cast(redis, number, "ab"[number % 2])
        if number % 50 == 25:
            sql(f"SELECT pg_terminate_backend(pid) {WORKERS}")
            redis.client_kill_filter(_type="normal", skipme=True)

    eventually(lambda: len(counted()) == 300)
    eventually(lambda: pending(redis) == 0)
    assert loop.metric("worker_failures_total") > 0


def test_several_loops_share_the_work_and_the_stream_stays_short(redis, machine, counted):
    for name in ("w1", "w2", "w3"):
        machine.loop(name, batch_size=20).start()
    for number in range(1500):
        cast(redis, number % 400, "ab"[number // 400 % 2])

    eventually(lambda: pending(redis) == 0 and redis.xlen("votes") == 1)

    newest = {voter(number % 400): "ab"[number // 400 % 2] for number in range(1500)}
    assert counted() == newest


@pytest.mark.parametrize("server", ["redis_url", "database_url"])
def test_with_an_unreachable_server_the_loop_is_live_and_not_ready(machine, server):
    port = free_port()
    nowhere = {
        "redis_url": f"redis://127.0.0.1:{port}/0",
        "database_url": f"postgresql://app@127.0.0.1:{port}/app",
    }
    loop = machine.loop(**{server: nowhere[server]}).start()

    eventually(lambda: loop.metric("worker_failures_total") >= 2)

    assert loop.health.is_live()
    assert not loop.health.is_ready()


def test_the_backlog_is_in_the_metrics(redis, machine):
    cast_many(redis, 30)
    loop = machine.loop(batch_size=10)

    loop.round()

    assert loop.metric("worker_stream_lag") == 30
    assert loop.metric("worker_stream_pending") == 0
