"""Two workers are killed with -9 in the middle of 20,000 votes, three times."""

import random
from collections import Counter

import psycopg
import pytest
import redis

from e2e.faults.tally import counted, tally
from e2e.sites import wait_until
from local.servers import free_port

VOTES = 20_000
VOTERS = 6_000
KILLS = 3


@pytest.fixture
def cast(machine):
    """Add 20,000 votes of 6,000 voters to the stream; returns the last vote of each voter."""
    chance = random.Random(20_000)
    wanted = {}
    with redis.Redis.from_url(machine.redis.url) as client, client.pipeline(transaction=False) as pipe:
        for number in range(VOTES):
            voter = f"{chance.randrange(VOTERS):032x}"
            wanted[voter] = chance.choice("ab")
            entry = {
                "voter": voter,
                "vote": wanted[voter],
                "cast_at": 1_700_000_000_000 + number,
                "release": "r1",
            }
            pipe.xadd("votes", entry)
            if number % 1000 == 0:
                pipe.execute()
        pipe.execute()
    return wanted


def test_the_count_is_exact(machine, cast):
    def start(name: str) -> None:
        machine.start(
            "worker", name, WORKER_PORT=str(free_port()), WORKER_BATCH_SIZE="50", WORKER_CLAIM_IDLE_S="1"
        )

    def voters_counted() -> int:
        try:
            return len(counted(machine.postgres.url))
        except psycopg.errors.UndefinedTable:
            return 0

    with redis.Redis.from_url(machine.redis.url) as client:

        def left() -> int:
            (group,) = client.xinfo_groups("votes")
            return group["lag"] + group["pending"]

        start("one")
        start("two")
        for kill in range(1, KILLS + 1):
            goal = VOTES - VOTES * kill // (KILLS + 1)
            wait_until(
                lambda goal=goal: voters_counted() and left() < goal, what=f"progress before kill {kill}"
            )
            name = ("one", "two")[kill % 2]
            machine.kill(name)
            assert left() > 0, "the kill came too late to interrupt anything"
            start(name)
        wait_until(lambda: left() == 0, what="the workers are done", seconds=60)

    assert counted(machine.postgres.url) == cast
    assert tally(machine.postgres.url) == Counter(cast.values())
