"""Everything works on a Redis in cluster mode, which refuses commands whose keys are in different slots."""

import httpx
import pytest
import redis

from e2e.faults.tally import counted
from e2e.sites import LocalSite, one_connection_each, wait_until


@pytest.fixture(scope="module")
def machine(folder):
    with LocalSite(folder, redis_cluster=True) as site:
        with redis.Redis.from_url(site.redis.url) as server:
            server.cluster("ADDSLOTSRANGE", 0, 16383)
            wait_until(lambda: server.cluster("INFO")["cluster_state"] == "ok", what="it serves all slots")
        yield site


@pytest.fixture(scope="module")
def vote(machine):
    with one_connection_each(machine.start_vote()) as client:
        yield client


def test_votes_the_switch_and_dead_letters_work(machine, vote):
    wanted = {}

    def cast(choice: str) -> httpx.Response:
        vote.cookies.clear()
        return vote.post("/", data={"vote": choice})

    for number in range(50):
        answer = cast("ab"[number % 2]).raise_for_status()
        wanted[answer.cookies["voter"]] = "ab"[number % 2]
    assert vote.post("/api/error-sim").json() == {"enabled": True}
    assert cast("a").status_code == 500
    assert vote.post("/api/error-sim").json() == {"enabled": False}
    with redis.Redis.from_url(machine.redis.url) as client:
        assert client.info("cluster")["cluster_enabled"] == 1
        client.xadd("votes", {"vote": "neither"})

        machine.start("worker")
        ready = f"http://127.0.0.1:{machine.ports.worker}/ready"
        wait_until(lambda: httpx.get(ready, trust_env=False).is_success, what="the worker is ready")

        wait_until(lambda: counted(machine.postgres.url) == wanted, what="every vote is counted")
        wait_until(lambda: client.xlen("{votes}:dead") == 1, what="the unreadable entry is a dead letter")
        wait_until(lambda: client.xpending("votes", "tally")["pending"] == 0, what="all is acknowledged")
