from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from vote.app import create_app
from vote.config import Settings
from vote.redis_queue import QueueError, Vote


class FakeQueue:
    """Keeps the promises of RedisQueue in memory, and can be away."""

    def __init__(self) -> None:
        self.votes: list[Vote] = []
        self.on = False
        self.away = False

    def cast(self, vote: Vote) -> bool:
        self.ping()
        if not self.on:
            self.votes.append(vote)
        return not self.on

    def error_sim(self) -> bool:
        self.ping()
        return self.on

    def toggle_error_sim(self) -> bool:
        self.ping()
        self.on = not self.on
        return self.on

    def ping(self) -> None:
        if self.away:
            raise QueueError("away")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("REDIS_URL", "redis://nowhere:6379/0")
    return Settings.from_env()


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def app(settings: Settings, queue: FakeQueue) -> Flask:
    return create_app(settings, queue)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client_of(settings, queue):
    """A client of an app with some settings changed."""

    def build(**changes: object) -> FlaskClient:
        return create_app(replace(settings, **changes), queue).test_client()

    return build
