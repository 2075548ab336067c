"""Starts loops and workers on real servers, and casts votes for them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from threading import Event, Thread
from typing import Any, Self

import httpx
import redis as redis_py
from prometheus_client import CollectorRegistry

from local.servers import free_port
from worker.health import Health
from worker.loop import Loop
from worker.metrics import Metrics
from worker.store import Store
from worker.stream import Stream


def voter(number: int) -> str:
    return f"{number:032x}"


def cast(redis: redis_py.Redis, number: int, vote: str = "a", **more: Any) -> str:
    """Add a vote to the stream as the vote service does; returns its id."""
    fields = {"voter": voter(number), "vote": vote, "cast_at": 1_700_000_000_000, "release": "r1"}
    entry_id: str = redis.xadd("votes", fields | more)
    return entry_id


def cast_many(redis: redis_py.Redis, count: int) -> list[str]:
    """Cast one vote for each of `count` voters; their ids."""
    return [cast(redis, number) for number in range(count)]


def ids(entries: list[tuple[bytes, list[bytes]]]) -> list[str]:
    """The ids of entries that were read."""
    return [entry_id.decode() for entry_id, _ in entries]


def settle(stream: Stream, entry_ids: Iterable[str]) -> None:
    """Acknowledge these entries."""
    stream.settle([entry_id.encode() for entry_id in entry_ids], [])


def eventually(condition: Callable[[], Any], within: float = 10.0) -> Any:
    """The first true result of the condition; fails if there is none in time."""
    deadline = time.monotonic() + within
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {within} s"
        Event().wait(0.02)
    return answer


class Running:
    """One loop with its parts: call round() for one round, or start() to run it in a thread."""

    def __init__(
        self, redis_url: str, database_url: str, consumer: str, batch_size: int, idle_s: float
    ) -> None:
        self.registry = CollectorRegistry()
        self.health = Health()
        self.stop = Event()
        self.stream = Stream(redis_url, consumer=consumer, batch_size=batch_size, claim_idle_s=idle_s)
        self.loop = Loop(
            stream=self.stream,
            store=Store(database_url),
            metrics=Metrics(self.registry),
            health=self.health,
            stop=self.stop,
            batch_size=batch_size,
            claim_every_s=idle_s / 3,
        )
        self._thread = Thread(target=self.loop.run)

    def round(self) -> None:
        self.loop.round()

    def start(self) -> Self:
        self._thread.start()
        return self

    def metric(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0

    def end(self) -> None:
        self.stop.set()
        if self._thread.is_alive():
            self._thread.join(10)
            assert not self._thread.is_alive()
        self.loop.close()


class Machine:
    """Starts loops in this process, and workers as separate processes."""

    def __init__(self, redis_url: str, database_url: str) -> None:
        self.redis_url = redis_url
        self.database_url = database_url
        self._stack = ExitStack()

    def loop(
        self, consumer: str = "w1", *, batch_size: int = 100, idle_s: float = 60, **other: str
    ) -> Running:
        running = Running(
            other.get("redis_url", self.redis_url),
            other.get("database_url", self.database_url),
            consumer,
            batch_size,
            idle_s,
        )
        self._stack.callback(running.end)
        return running

    def worker(self, **settings: str) -> "Worker":
        return self._stack.enter_context(Worker(self.redis_url, self.database_url, settings))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


class Worker:
    """A real `python -m worker`."""

    def __init__(self, redis_url: str, database_url: str, settings: dict[str, str]) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        ours = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "WORKER_PORT": str(port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "worker"],
            env=os.environ | ours | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def status(self, path: str) -> int:
        try:
            return httpx.get(self.url + path, trust_env=False).status_code
        except httpx.TransportError:
            return 0

    def ready(self) -> Self:
        eventually(lambda: self.status("/ready") == 200)
        return self

    def stop(self, number: int) -> tuple[int, float, str]:
        """Send the signal; returns the exit code, the seconds until the end, and the output."""
        began = time.monotonic()
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=10)
        return self.process.returncode, time.monotonic() - began, output + errors

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()
