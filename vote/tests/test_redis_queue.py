"""The queue on a real server, which is stopped, killed and frozen."""

import time

import pytest
import redis as redis_py

from local.servers import Redis
from vote.redis_queue import STREAM, QueueError, RedisQueue, Vote

pytestmark = pytest.mark.servers

TIMEOUT_S = 0.3


@pytest.fixture(scope="module")
def server(folder):
    with Redis(folder / "redis") as server:
        yield server


@pytest.fixture
def client(server):
    with redis_py.Redis.from_url(server.url, decode_responses=True) as client:
        client.flushall()
        yield client


@pytest.fixture
def queue(server, client):
    return RedisQueue(server.url, release="r1", timeout_s=TIMEOUT_S)


def votes(client):
    return [fields for _, fields in client.xrange(STREAM)]


def test_a_vote_becomes_one_entry(queue, client):
    before = time.time() * 1000

    assert queue.cast(Vote(voter="f" * 32, vote="a")) is True

    (entry,) = votes(client)
    assert abs(int(entry.pop("cast_at")) - before) < 10_000
    assert entry == {"voter": "f" * 32, "vote": "a", "release": "r1"}


def test_a_synthetic_vote_is_marked(queue, client):
    queue.cast(Vote(voter="f" * 32, vote="b", synthetic=True))

    assert votes(client)[0]["synthetic"] == "1"


def test_a_vote_is_one_round_trip(queue, client):
    queue.cast(Vote(voter="f" * 32, vote="a"))  # connects and loads the script
    before = client.info("stats")["total_commands_processed"]

    queue.cast(Vote(voter="f" * 32, vote="a"))

    inside_the_script = 2  # EXISTS and XADD, which servers count too
    calls = client.info("stats")["total_commands_processed"] - before - inside_the_script
    assert calls <= 2  # ours, and the INFO that asked before


def test_the_switch_belongs_to_one_release(queue, server, client):
    other = RedisQueue(server.url, release="r2", timeout_s=TIMEOUT_S)

    assert queue.toggle_error_sim() is True

    assert (queue.error_sim(), other.error_sim()) == (True, False)
    assert queue.cast(Vote(voter="f" * 32, vote="a")) is False
    assert other.cast(Vote(voter="f" * 32, vote="a")) is True
    assert [entry["release"] for entry in votes(client)] == ["r2"]
    assert queue.toggle_error_sim() is False
    assert queue.cast(Vote(voter="f" * 32, vote="a")) is True


def test_a_killed_server_is_told_at_once_and_comes_back_by_itself(queue, server, client):
    queue.cast(Vote(voter="1" * 32, vote="a"))
    client.execute_command("WAITAOF", 1, 0, 2000)
    server.kill()

    started = time.monotonic()
    with pytest.raises(QueueError):
        queue.cast(Vote(voter="2" * 32, vote="a"))
    assert time.monotonic() - started < 2 * TIMEOUT_S

    server.start()
    assert queue.cast(Vote(voter="3" * 32, vote="a")) is True
    assert [entry["voter"][0] for entry in votes(client)] == ["1", "3"]


def test_a_frozen_server_costs_one_time_out_and_then_fails_at_once(queue, server, client):
    queue.ping()
    server.pause()
    try:
        started = time.monotonic()
        with pytest.raises(QueueError):
            queue.cast(Vote(voter="f" * 32, vote="a"))
        first = time.monotonic() - started
        started = time.monotonic()
        with pytest.raises(QueueError):
            queue.cast(Vote(voter="f" * 32, vote="a"))
        second = time.monotonic() - started
    finally:
        server.resume()
    assert TIMEOUT_S <= first < 3 * TIMEOUT_S
    assert second < TIMEOUT_S / 2


def test_a_wrong_type_in_redis_is_one_clear_error(queue, client):
    client.set(STREAM, "not a stream")

    with pytest.raises(QueueError, match="WRONGTYPE"):
        queue.cast(Vote(voter="f" * 32, vote="a"))
