"""Votes applied per second while the stream has a backlog."""

import json
import secrets
import time
from collections.abc import Callable

import psycopg
from redis import Redis

from bench.baseline_vote import LIST
from bench.baseline_worker import TABLE
from bench.machine import FailedError, Machine, wait_until
from bench.sizes import Sizes
from bench.table import Goal, Group
from worker.store import SCHEMA

PRELOAD = "bench:preload"  # created once, then copied to the stream that the worker reads


def measure(sizes: Sizes) -> list[Group]:
    speed = Group("votes applied per second", "{:,.0f}")
    with (
        Machine() as machine,
        Redis.from_url(machine.redis()) as redis,
        psycopg.connect(machine.postgres(), autocommit=True) as database,
    ):
        database.execute(SCHEMA)
        database.execute(TABLE)
        preload(redis, sizes.worker_votes)
        for _ in range(sizes.rounds):
            speed.add("the app", ours(machine, redis, database, sizes.worker_votes))
            speed.add("baseline", baseline(machine, redis, database, sizes.baseline_worker_votes))
            start_empty(database)
            speed.add("psycopg alone", machine.ask("bench.bare_upsert", sizes.worker_votes))
    speed.compare("the app", "baseline", Goal(20, "x"))
    speed.compare("the app", "psycopg alone", Goal(60, "%"))
    return [speed]


def preload(redis: Redis, votes: int) -> None:
    """Add that many votes, each from a different voter, to a stream as vote does."""
    now = time.time_ns() // 1_000_000
    for _ in range(0, votes, 1000):
        with redis.pipeline(transaction=False) as pipe:
            for number in range(1000):
                voter = secrets.token_hex(16)
                fields = {"voter": voter, "vote": "ab"[number % 2], "cast_at": now, "release": "local"}
                pipe.xadd(PRELOAD, fields)
            pipe.execute()


def ours(machine: Machine, redis: Redis, database: psycopg.Connection, votes: int) -> float:
    def applied() -> int:
        return database.execute("SELECT a + b FROM tally").fetchone()[0]

    start_empty(database)
    redis.copy(PRELOAD, "votes", replace=True)
    with machine.serving("worker", path="/health"):
        return rate(applied, votes)


def baseline(machine: Machine, redis: Redis, database: psycopg.Connection, votes: int) -> float:
    start_empty(database)
    messages = [
        json.dumps({"voter": secrets.token_hex(16), "vote": "ab"[number % 2]}) for number in range(votes)
    ]
    redis.rpush(LIST, *messages)
    with machine.running("bench.baseline_worker"):
        found = rate(lambda: votes - redis.llen(LIST), votes)
        wait_until(
            lambda: database.execute("SELECT count(*) FROM baseline").fetchone()[0] == votes, "its count"
        )
    return found


def start_empty(database: psycopg.Connection) -> None:
    database.execute("TRUNCATE votes, baseline")
    database.execute("CHECKPOINT")  # or it could happen during the next measurement


def rate(applied: Callable[[], int], votes: int, *, seconds: float = 60) -> float:
    """Votes per second from the first applied vote to the last, without the start-up time of Python."""
    first = None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now, number = time.perf_counter(), applied()
        if first is None and number:
            first = now, number
        if number >= votes:
            return (number - first[1]) / (now - first[0])
        time.sleep(0.01)  # between two checks
    raise FailedError(f"only {applied()} of {votes} votes were applied within {seconds} s")
