import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from tenacity import RetryCallState, Retrying

from result.feed import Feed
from result.live_results import LiveResults
from result.metrics import REGISTRY
from result.startup import Startup
from result.tally import Snapshot

from .database import OURS, wait_for

pytestmark = pytest.mark.servers


@pytest.fixture
def feed(votes, live):
    with closing(Feed(votes.url, live, Startup(1)).start()) as feed:
        wait_for(live, lambda now: now.fresh, within=5)
        yield feed


def has(a: int, b: int):
    return lambda now: now.fresh and (now.tally.a, now.tally.b) == (a, b)


def stale(now: Snapshot) -> bool:
    return now.stale_since is not None


def figure(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


@pytest.mark.usefixtures("feed")
def test_a_vote_is_pushed_within_a_second(votes, live):
    votes.vote("a", 3)
    wait_for(live, has(3, 0), within=1)
    votes.vote("b", 2)
    now = wait_for(live, has(3, 2), within=1)
    assert datetime.now(UTC) - now.tally.updated_at < timedelta(seconds=1)
    votes.execute("UPDATE votes SET vote = 'b'")
    wait_for(live, has(0, 5), within=1)


@pytest.mark.usefixtures("feed")
def test_fifty_viewers_get_the_newest_figures(votes, live):
    def watch() -> None:
        for message in live.follow():
            if b'"votes": 7' in message:
                return

    with ThreadPoolExecutor(50) as pool:
        watching = [pool.submit(watch) for _ in range(50)]
        votes.vote("a", 7)
        began = time.monotonic()
        for viewer in watching:
            viewer.result(timeout=5)
    assert time.monotonic() - began < 1


@pytest.mark.usefixtures("feed")
def test_a_burst_of_votes_is_batched(votes, live):
    pushes, reads = figure("result_pushes_total"), figure("result_tally_reads_total")
    began = time.monotonic()
    for _ in range(60):
        votes.vote("a")
    took = time.monotonic() - began
    wait_for(live, has(60, 0), within=1)
    # One push at once, then one per 0.2 s, and the last.
    most = 3 + (took + 0.5) / 0.2
    assert 1 <= figure("result_pushes_total") - pushes <= most < 60
    assert figure("result_tally_reads_total") - reads <= most + took + 1


def test_nothing_is_pushed_without_a_change(feed, votes, live):
    before = live.current
    reads = figure("result_tally_reads_total")
    assert not before.replaced.wait(2.5)
    assert figure("result_tally_reads_total") > reads, "the heartbeat reads all the same"


@pytest.mark.usefixtures("feed")
def test_a_broken_connection_is_replaced(votes, live, caplog):
    votes.execute(f"SELECT pg_terminate_backend(pid) {OURS}")
    votes.vote("b")
    wait_for(live, has(0, 1), within=3)
    assert "lost the database connection, reconnecting: " in caplog.text


@pytest.mark.usefixtures("feed")
def test_a_stopped_database_makes_the_figures_stale_and_they_recover(votes, live, caplog):
    caplog.set_level(logging.INFO)
    votes.vote("a", 4)
    wait_for(live, has(4, 0), within=1)
    before = datetime.now(UTC)
    with votes.stopped():
        now = wait_for(live, stale, within=6)
        assert now.tally.a == 4, "the last figures stay"
        assert before - timedelta(seconds=2) < now.stale_since < datetime.now(UTC)
        assert figure("result_stale") == 1
    wait_for(live, has(4, 0), within=6)
    assert figure("result_stale") == 0
    votes.vote("b")
    wait_for(live, has(4, 1), within=1)
    assert "cannot read the figures, retrying: " in caplog.text
    assert "the figures are up to date again" in caplog.text


@pytest.mark.usefixtures("feed")
def test_a_frozen_database_makes_the_figures_stale_and_they_recover(votes, live):
    frozen_at = datetime.now(UTC)
    with votes.frozen():
        now = wait_for(live, stale, within=7)
        assert abs(now.stale_since - frozen_at) < timedelta(seconds=2), "since the last read, not since now"
    wait_for(live, lambda now: now.fresh, within=3)
    votes.vote("a")
    wait_for(live, has(1, 0), within=1)


def test_a_database_that_is_frozen_at_the_start_is_retried(votes, live, caplog):
    with votes.frozen():
        feed = Feed(votes.url, live, Startup(1)).start()
        wait_for(live, lambda _: "timeout" in caplog.text, within=6)
    with closing(feed):
        wait_for(live, has(0, 0), within=6)


@pytest.mark.usefixtures("feed")
def test_figures_are_pushed_within_seconds_without_notifications(votes, live):
    """A transaction pooler accepts LISTEN and never delivers; here the trigger does not notify."""
    (add,) = votes.rows("SELECT pg_get_functiondef('tally_add'::regproc)")
    votes.execute(add.replace("PERFORM pg_notify('tally', '');", ""))

    votes.vote("a", 3)

    wait_for(live, has(3, 0), within=3)


def test_no_statement_is_prepared(votes, live):
    feed = Feed(votes.url, live, Startup(1))
    with closing(feed._open()) as connection:
        for _ in range(10):  # psycopg prepares repeated statements
            feed._read(connection)
        assert connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)


def test_a_failure_makes_the_figures_stale_at_once(votes, live):
    feed = Feed(votes.url, live, Startup(1))
    with closing(feed._open()):
        assert live.current.snapshot.fresh
        retry = RetryCallState(Retrying(), None, (), {})
        retry.set_exception((psycopg.OperationalError, psycopg.OperationalError("gone"), None))

        feed._failed(retry)

        assert stale(live.current.snapshot)


@pytest.mark.parametrize(
    ("lost", "said"),
    [("DROP TABLE votes, tally", "not created the table"), ("DELETE FROM tally", "has no row yet")],
)
def test_not_ready_before_the_worker_has_created_the_table_and_its_row(votes, live, caplog, lost, said):
    votes.execute(lost)
    with closing(Feed(votes.url, live, Startup(1)).start()):
        assert not wait_for(live, lambda _: said in caplog.text, within=5).fresh
        votes.migrate()
        votes.vote("a")
        wait_for(live, has(1, 0), within=5)


def test_an_unknown_host_is_logged_and_does_not_crash(live, caplog):
    with closing(Feed("postgresql://nowhere.invalid/votes", live, Startup(1)).start()):
        now = wait_for(live, lambda _: "nowhere.invalid" in caplog.text, within=5)
        assert stale(now)


def test_the_first_figures_complete_the_startup_permanently(votes, live):
    startup = Startup(1)
    with closing(Feed(votes.url, live, startup).start()):
        wait_for(live, lambda now: now.fresh, within=5)
        with votes.stopped():
            wait_for(live, stale, within=5)
            assert startup.complete


def test_close_closes_the_connection(votes):
    live = LiveResults(("Cats", "Dogs"))
    feed = Feed(votes.url, live, Startup(1)).start()
    wait_for(live, lambda now: now.fresh, within=5)
    assert votes.connections() == 1
    feed.close()
    wait_for(live, lambda _: votes.connections() == 0, within=2)
