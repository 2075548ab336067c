"""The queue on a real server, which the tests kill and freeze."""

import time

import pytest

from vote.connections import StoreError
from vote.redis_queue import STREAM, Vote

from .conftest import TIMEOUT_S

pytestmark = pytest.mark.servers


@pytest.fixture
def queue(release):
    return release("r1")[0]


def test_a_vote_becomes_one_entry(queue, votes):
    before = time.time() * 1000

    assert queue.cast(Vote(voter="f" * 32, vote="a")) is True

    (entry,) = votes()
    assert abs(int(entry.pop("cast_at")) - before) < 10_000
    assert entry == {"voter": "f" * 32, "vote": "a", "release": "r1"}


def test_a_synthetic_vote_is_marked(queue, votes):
    queue.cast(Vote(voter="f" * 32, vote="b", synthetic=True))

    assert votes()[0]["synthetic"] == "1"


def test_a_vote_is_one_round_trip(queue, redis_client):
    queue.cast(Vote(voter="f" * 32, vote="a"))  # connects and loads the script
    before = redis_client.info("stats")["total_commands_processed"]

    queue.cast(Vote(voter="f" * 32, vote="a"))

    inside_the_script = 2  # EXISTS and XADD, which servers count too
    calls = redis_client.info("stats")["total_commands_processed"] - before - inside_the_script
    assert calls <= 2  # ours, and the INFO before it


def test_a_killed_server_fails_fast_and_the_queue_reconnects(queue, redis_server, redis_client, votes):
    queue.cast(Vote(voter="1" * 32, vote="a"))
    redis_client.execute_command("WAITAOF", 1, 0, 2000)
    redis_server.kill()

    started = time.monotonic()
    with pytest.raises(StoreError):
        queue.cast(Vote(voter="2" * 32, vote="a"))
    assert time.monotonic() - started < 2 * TIMEOUT_S

    redis_server.start()
    assert queue.cast(Vote(voter="3" * 32, vote="a")) is True
    assert [entry["voter"][0] for entry in votes()] == ["1", "3"]


def test_a_frozen_server_costs_each_vote_one_timeout(queue, redis_server, redis_client):
    queue.ping()
    redis_server.pause()
    try:
        for _ in range(2):
            started = time.monotonic()
            with pytest.raises(StoreError, match=r"did not answer within 0\.3 s"):
                queue.cast(Vote(voter="f" * 32, vote="a"))
            assert TIMEOUT_S <= time.monotonic() - started < 2 * TIMEOUT_S
    finally:
        redis_server.resume()
    assert queue.cast(Vote(voter="1" * 32, vote="b")) is True


def test_a_wrong_type_in_redis_is_a_clear_error(queue, redis_client):
    redis_client.set(STREAM, "not a stream")

    with pytest.raises(StoreError, match="WRONGTYPE"):
        queue.cast(Vote(voter="f" * 32, vote="a"))
