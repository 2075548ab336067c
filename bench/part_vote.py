"""Votes accepted per second, and how long the slowest of a hundred waits."""

from redis import Redis

from bench.baseline_vote import LIST
from bench.machine import FailedError, Machine
from bench.sizes import Sizes
from bench.table import Goal, Group

GUNICORN = "--config=python:bench.gunicorn_conf"
KEPT = {
    "voting01": lambda redis: redis.xlen("votes"),
    "baseline": lambda redis: redis.llen(LIST),
    "bare WSGI": lambda redis: redis.xlen("bare"),
}


def measure(sizes: Sizes) -> list[Group]:
    groups = []
    with (
        Machine() as machine,
        Redis.from_url(machine.redis()) as redis,
        machine.serving("vote", path="/ready") as ours,
        machine.gunicorn("bench.baseline_vote:app", GUNICORN) as baseline,
        machine.gunicorn("bench.bare_wsgi:app", GUNICORN) as bare,
    ):
        ports = {"voting01": ours, "baseline": baseline, "bare WSGI": bare}
        for connections in (16, 64):
            speed = Group(f"votes accepted per second, {connections} connections", "{:,.0f}")
            wait = Group(f"99th percentile of a vote in ms, {connections} connections", "{:,.1f}")
            for _ in range(sizes.vote_rounds):
                for name, port in ports.items():
                    before = KEPT[name](redis)
                    got = machine.ask("bench.load", port, connections, sizes.vote_seconds)
                    if KEPT[name](redis) - before != got["accepted"]:
                        raise FailedError(f"{name}: Redis does not have the {got['accepted']} accepted votes")
                    speed.add(name, got["per_second"])
                    wait.add(name, got["p99_ms"])
            speed.compare("voting01", "baseline", Goal(3, "x"))
            speed.compare("voting01", "bare WSGI", Goal(70, "%"))
            groups += [speed, wait]
    return groups
