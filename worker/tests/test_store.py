import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from uuid import UUID

import psycopg
import pytest

from worker import store
from worker.entries import Vote, newest_per_voter
from worker.store import Store

from .machine import voter

pytestmark = pytest.mark.servers

COUNTED = "SELECT count(*) FILTER (WHERE vote = 'a'), count(*) FILTER (WHERE vote = 'b') FROM votes"


def vote(number, choice="a", stream_id=(1, 0), release="r1"):
    ms, seq = stream_id
    return Vote(str(ms), str(seq), voter(number), choice, "1700000000000", release)


@pytest.fixture
def opened(database_url):
    with closing(Store(database_url)) as opened:
        opened.open()
        yield opened


@pytest.fixture
def tally(sql):
    """The counters, after checking that they equal a count of the table."""

    def tally():
        (counters,) = sql("SELECT a, b FROM tally")
        assert [counters] == sql(COUNTED)
        return counters

    return tally


def test_a_vote_is_stored_as_it_was_cast(opened, sql):
    opened.apply([vote(7, "b", (1_700_000_000_001, 3), "NULL")])

    kept = sql(
        "SELECT voter::text, vote, release, extract(epoch FROM cast_at), stream_ms, stream_seq FROM votes"
    )
    assert kept == [(str(UUID(voter(7))), "b", "NULL", 1_700_000_000, 1_700_000_000_001, 3)]


@pytest.mark.parametrize(
    ("second", "choice"),
    [((10, 0), "b"), ((9, 11), "b"), ((9, 10), "a"), ((9, 9), "a"), ((8, 99), "a")],
)
def test_the_greater_stream_id_wins(opened, sql, tally, second, choice):
    opened.apply([vote(1, "a", (9, 10))])
    opened.apply([vote(1, "b", second)])

    assert sql("SELECT vote FROM votes") == [(choice,)]
    assert tally() == ((1, 0) if choice == "a" else (0, 1))


def test_applying_again_changes_nothing(opened, sql, tally):
    batch = [vote(number, "ab"[number % 2]) for number in range(10)]
    opened.apply(batch)
    before = sql("SELECT * FROM tally"), sql("SELECT xmin, * FROM votes ORDER BY voter")

    opened.apply(batch)

    assert (sql("SELECT * FROM tally"), sql("SELECT xmin, * FROM votes ORDER BY voter")) == before


def test_an_empty_batch_is_fine(opened, tally):
    opened.apply([])

    assert tally() == (0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_several_writers_in_any_order_agree_on_the_newest_votes(database_url, sql, tally, seed):
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    ids = chance.sample([(ms, seq) for ms in range(60) for seq in range(60)], 2400)
    votes = [vote(chance.randrange(150), chance.choice("ab"), stream_id) for stream_id in ids]
    deliveries = votes * 2
    chance.shuffle(deliveries)
    batches = [newest_per_voter(deliveries[start : start + 80]) for start in range(0, len(deliveries), 80)]

    with ExitStack() as stack:
        stores = [stack.enter_context(closing(Store(database_url))) for _ in range(4)]
        for each in stores:
            each.open()

        def write(number):
            for batch in batches[number::4]:
                stores[number].apply(batch)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, range(4)))

    expected = {(v.voter, v.vote, *v.stream_id) for v in newest_per_voter(votes)}
    kept = sql("SELECT replace(voter::text, '-', ''), vote, stream_ms, stream_seq FROM votes")
    assert set(kept) == expected
    assert sum(tally()) == len(expected)


@pytest.mark.parametrize(
    ("statement", "after"),
    [
        ("UPDATE votes SET vote = CASE vote WHEN 'a' THEN 'b' ELSE 'a' END", (3, 7)),
        ("UPDATE votes SET release = 'r2'", (7, 3)),
        ("UPDATE votes SET vote = 'b' WHERE false", (7, 3)),
        ("DELETE FROM votes WHERE vote = 'a'", (0, 3)),
        ("TRUNCATE votes", (0, 0)),
        (
            """MERGE INTO votes USING tally ON vote = 'b'
            WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE THEN UPDATE SET vote = 'b'""",
            (0, 7),
        ),
    ],
)
def test_the_tally_follows_changes_by_an_operator(opened, sql, tally, statement, after):
    opened.apply([vote(number, "a" if number < 7 else "b") for number in range(10)])

    sql(statement)

    assert tally() == after
    opened.apply([vote(99)])
    assert tally() == (after[0] + 1, after[1])


def test_only_a_change_of_the_tally_is_notified(opened, database_url):
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("LISTEN tally")
        opened.apply([vote(1), vote(2, "b")])
        opened.apply([vote(1), vote(2, "b")])
        opened.apply([vote(3)])

        heard = list(listener.notifies(timeout=1, stop_after=3))

    assert [(notice.channel, notice.payload) for notice in heard] == [("tally", "")] * 2


def test_many_workers_can_create_the_schema_at_once(empty_database_url):
    stores = [Store(empty_database_url) for _ in range(8)]
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        for each in stores:
            stack.callback(each.close)
        list(pool.map(Store.open, stores))
        stores[0].apply([vote(1)])

        with psycopg.connect(empty_database_url) as connection:
            assert connection.execute("SELECT a, b FROM tally").fetchall() == [(1, 0)]


def test_opening_again_keeps_the_tally_and_recounts_a_lost_one(opened, sql, tally):
    opened.apply([vote(1), vote(2, "b")])
    opened.open()
    assert tally() == (1, 1)

    sql("DELETE FROM tally")

    with pytest.raises(psycopg.Error, match="tally is missing"):
        opened.apply([vote(3)])
    opened.open()
    opened.apply([vote(3)])

    assert tally() == (2, 1)


def test_the_wait_for_a_frozen_server_has_a_timeout(opened, sql, monkeypatch):
    ((pid,),) = sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'worker'")
    monkeypatch.setattr(store, "ANSWER_S", 0.5)
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(psycopg.OperationalError):
            opened.apply([vote(number) for number in range(5000)])
        opened.close()
        assert time.monotonic() - began < 2
    finally:
        os.kill(pid, signal.SIGCONT)


def test_the_wait_for_a_lock_has_a_timeout(opened, sql, database_url, monkeypatch):
    monkeypatch.setattr(store, "STATEMENT_S", 0.2)
    opened.open()
    with psycopg.connect(database_url) as other:
        other.execute("LOCK TABLE votes")

        with pytest.raises(psycopg.errors.QueryCanceled):
            opened.apply([vote(1)])
