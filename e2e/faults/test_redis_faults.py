"""Redis is killed, frozen and restarted while people vote."""

import secrets
from collections import Counter

import httpx
import pytest
import redis

from e2e.faults.load import Crowd
from e2e.faults.tally import counted, tally
from e2e.sites import wait_until

ANSWERED_WITHIN_S = 2


@pytest.fixture(scope="module")
def vote_url(machine):
    machine.start("worker")
    return machine.start_vote()


def break_redis(machine, fault):
    if fault == "killed":
        machine.redis.kill()
        return machine.redis.start
    if fault == "stopped":
        machine.redis.stop()
        return machine.redis.start
    machine.redis.pause()
    return machine.redis.resume


@pytest.mark.parametrize("fault", ["killed", "stopped", "frozen"])
def test_votes_fail_in_time_and_no_accepted_vote_is_lost(machine, vote_url, fault):
    with Crowd(vote_url) as crowd:
        wait_until(crowd.has(200, 100), what="votes are accepted")
        repair = break_redis(machine, fault)
        try:
            wait_until(crowd.has(503, 50), what="votes are refused")
            assert httpx.get(f"{vote_url}/health").status_code == 200
            assert httpx.get(f"{vote_url}/").status_code == 200
        finally:
            repair()
        wait_until(crowd.has(200, 100), what="votes are accepted again")

    assert set(crowd.answers) == {200, 503}
    assert crowd.slowest_s < ANSWERED_WITHIN_S
    wait_until(
        lambda: crowd.accepted.items() <= counted(machine.postgres.url).items(),
        what="every vote answered with 2xx is counted",
    )
    assert Counter(counted(machine.postgres.url).values()) == tally(machine.postgres.url)


def fill(server):
    """Add votes to the stream until Redis is out of memory."""
    fields = {"vote": "a", "cast_at": "1767225600000", "release": "local"}
    for _ in range(100):
        with server.pipeline(transaction=False) as pipe:
            for _ in range(1000):
                pipe.xadd("votes", fields | {"voter": secrets.token_hex(16)})
            if any(isinstance(each, redis.OutOfMemoryError) for each in pipe.execute(raise_on_error=False)):
                return
    raise AssertionError("Redis accepted 100,000 votes in 3 MB")


def test_a_full_stream_refuses_votes_until_a_worker_reads_it(machine, vote_url):
    """Without a limit, the kernel would kill Redis at some point, and its file could not be loaded again."""
    machine.kill("worker")
    with redis.Redis.from_url(machine.redis.url) as server:
        server.config_set("maxmemory", server.info("memory")["used_memory"] + 3_000_000)
        fill(server)
    with Crowd(vote_url) as crowd:
        wait_until(crowd.has(503, 50), what="votes are refused")
        assert httpx.get(f"{vote_url}/health").status_code == 200
        machine.start("worker")
        wait_until(crowd.has(200, 100), what="votes are accepted again")

    assert set(crowd.answers) == {200, 503}
    wait_until(
        lambda: crowd.accepted.items() <= counted(machine.postgres.url).items(),
        what="every vote answered with 2xx is counted",
    )
