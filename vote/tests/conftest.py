from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis as redis_py
from flask import Flask
from flask.testing import FlaskClient

from local.servers import Redis
from vote.app import create_app
from vote.config import Settings
from vote.connections import Connections, StoreError
from vote.redis_queue import STREAM, RedisQueue, Vote
from vote.switch import RedisSwitch

TIMEOUT_S = 0.3


class FakeQueue:
    """Implements Queue and Switch in memory; `unreachable` makes every call fail."""

    def __init__(self) -> None:
        self.votes: list[Vote] = []
        self.on = False
        self.unreachable = False

    def cast(self, vote: Vote) -> bool:
        self.ping()
        if not self.on:
            self.votes.append(vote)
        return not self.on

    def is_on(self) -> bool:
        self.ping()
        return self.on

    def toggle(self) -> bool:
        self.ping()
        self.on = not self.on
        return self.on

    def ping(self) -> None:
        if self.unreachable:
            raise StoreError("unreachable")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("REDIS_URL", "redis://nowhere:6379/0")
    monkeypatch.setenv("VOTE_WORKERS", "2")
    return Settings.from_env()


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def app(settings: Settings, queue: FakeQueue) -> Flask:
    """The app, with both of its processes connected."""
    app = create_app(settings, queue, queue)
    for _ in range(settings.workers):
        app.extensions["startup"].connected()
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client_of(settings, queue):
    """A client of an app with some settings changed."""

    def build(**changes: object) -> FlaskClient:
        return create_app(replace(settings, **changes), queue, queue).test_client()

    return build


@pytest.fixture(scope="module")
def redis_server(folder: Path) -> Iterator[Redis]:
    """A real server; a test that breaks it repairs it."""
    with Redis(folder / "redis") as server:
        yield server


@pytest.fixture
def redis_client(redis_server: Redis) -> Iterator[redis_py.Redis]:
    """A client that reads text, on an empty server."""
    with redis_py.Redis.from_url(redis_server.url, decode_responses=True) as client:
        client.flushall()
        yield client


@pytest.fixture
def votes(redis_client: redis_py.Redis) -> Callable[[], list[dict[str, str]]]:
    """The entries of the stream."""
    return lambda: [fields for _, fields in redis_client.xrange(STREAM)]


@pytest.fixture
def release(
    redis_server: Redis, redis_client: redis_py.Redis
) -> Callable[[str], tuple[RedisQueue, RedisSwitch]]:
    """Creates the queue and the switch of a release of this name."""

    def make(name: str) -> tuple[RedisQueue, RedisSwitch]:
        connections = Connections(redis_server.url, timeout_s=TIMEOUT_S)
        switch = RedisSwitch(connections, release=name)
        return RedisQueue(connections, release=name, switch_key=switch.key), switch

    return make
