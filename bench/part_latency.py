"""Latency from an accepted vote to 500 viewers, through the whole chain."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench.baseline_worker import TABLE
from bench.machine import Machine
from bench.part_vote import GUNICORN
from bench.sizes import Sizes
from bench.table import Goal, Group

GEVENT = [
    "--workers=1",
    "--worker-class=gevent",
    "--worker-connections=2000",
]  # the settings of `python -m result`


def measure(sizes: Sizes) -> list[Group]:
    chains = {"the app": ours, "baseline": baseline}
    title = f"vote accepted -> shown to {sizes.viewers} viewers, 95th percentile in ms"
    lone = Group(f"{title}, a vote now and then", "{:,.0f}")
    steady = Group(f"{title}, 20 votes a second", "{:,.0f}")
    crowd = Group(f"the app alone, shown to {sizes.crowd:,} viewers of one process, in ms", "{:,.0f}")
    with Machine() as machine:
        machine.redis()
        with psycopg.connect(machine.postgres(), autocommit=True) as database:
            database.execute(TABLE)
        for _ in range(sizes.rounds):
            for name, chain in chains.items():
                with chain(machine) as ports:
                    found = machine.ask(
                        "bench.viewers", *ports, sizes.viewers, sizes.lone_votes, sizes.steady_votes
                    )
                lone.add(name, found[0])
                steady.add(name, found[1])
        for _ in range(sizes.rounds):
            with ours(machine) as ports:
                found = machine.ask(
                    "bench.viewers", *ports, sizes.crowd, sizes.lone_votes, sizes.steady_votes
                )
            crowd.add("a vote now and then", found[0])
            crowd.add("20 votes a second", found[1])
    for group in (lone, steady):
        group.compare("the app", "baseline", Goal(25, "%", at_most=True))
    return [lone, steady, crowd]


@contextmanager
def ours(machine: Machine) -> Iterator[tuple[int, int]]:
    with (
        machine.serving("worker", path="/ready"),
        machine.serving("vote", path="/ready") as vote,
        machine.serving("result", path="/ready") as result,
    ):
        yield vote, result


@contextmanager
def baseline(machine: Machine) -> Iterator[tuple[int, int]]:
    with (
        machine.running("bench.baseline_worker"),
        machine.gunicorn("bench.baseline_vote:app", GUNICORN) as vote,
        machine.gunicorn("bench.baseline_result:app", *GEVENT) as result,
    ):
        yield vote, result
