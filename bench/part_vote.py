"""Votes accepted per second, their 99th percentile latency, and a burst of votes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis

from bench.baseline_vote import LIST
from bench.machine import FailedError, Machine
from bench.sizes import Sizes
from bench.table import Goal, Group

GUNICORN = "--config=python:bench.gunicorn_conf"
KEPT = {
    "the app": lambda redis: redis.xlen("votes"),
    "baseline": lambda redis: redis.llen(LIST),
    "bare WSGI": lambda redis: redis.xlen("bare"),
}


class Contenders:
    """The three contenders on one Redis, which must have every vote that they accept."""

    def __init__(self, machine: Machine, redis: Redis, ports: dict[str, int]) -> None:
        self.names = tuple(ports)
        self._machine, self._redis, self._ports = machine, redis, ports

    def load(self, name: str, client: str, *arguments: object) -> Any:
        """Run a load generator on one of them; its result."""
        before = KEPT[name](self._redis)
        got = self._machine.ask(client, self._ports[name], *arguments)
        if KEPT[name](self._redis) - before != got["accepted"]:
            raise FailedError(f"{name}: Redis does not have the {got['accepted']} accepted votes")
        return got


@contextmanager
def contenders(**env: str) -> Iterator[Contenders]:
    with Machine() as machine, Redis.from_url(machine.redis()) as redis:
        machine.env |= env
        with (
            machine.serving("vote", path="/ready") as ours,
            machine.gunicorn("bench.baseline_vote:app", GUNICORN) as baseline,
            machine.gunicorn("bench.bare_wsgi:app", GUNICORN) as bare,
        ):
            yield Contenders(machine, redis, {"the app": ours, "baseline": baseline, "bare WSGI": bare})


def measure(sizes: Sizes) -> list[Group]:
    return [*steady(sizes), burst(sizes)]


def steady(sizes: Sizes) -> list[Group]:
    groups = []
    with contenders() as all_three:
        for connections in (16, 64):
            speed = Group(f"votes accepted per second, {connections} connections", "{:,.0f}")
            wait = Group(f"99th percentile of a vote in ms, {connections} connections", "{:,.1f}")
            for _ in range(sizes.vote_rounds):
                for name in all_three.names:
                    got = all_three.load(name, "bench.load", connections, sizes.vote_seconds)
                    speed.add(name, got["per_second"])
                    wait.add(name, got["p99_ms"])
            speed.compare("the app", "baseline", Goal(3, "x"))
            speed.compare("the app", "bare WSGI", Goal(70, "%"))
            groups += [speed, wait]
    return groups


def burst(sizes: Sizes) -> Group:
    """A burst of votes on one process each; a refused vote ends the bench."""
    speed = Group(f"{sizes.burst:,} votes at once on one process, accepted per second", "{:,.0f}")
    with contenders(VOTE_WORKERS="1") as all_three:
        for _ in range(sizes.vote_rounds):
            for name in all_three.names:
                speed.add(name, all_three.load(name, "bench.burst", sizes.burst)["per_second"])
    speed.compare("the app", "baseline", Goal(3, "x"))
    speed.compare("the app", "bare WSGI", Goal(70, "%"))
    return speed
