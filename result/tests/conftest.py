from collections.abc import Iterator
from pathlib import Path

import pytest
from environs import Env
from flask import Flask
from flask.testing import FlaskClient

from result.app import create_app
from result.config import Settings
from result.live_results import LiveResults

from .database import Database


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nowhere/votes")
    return Settings.from_env(Env())


@pytest.fixture
def live(settings: Settings) -> LiveResults:
    return LiveResults((settings.option_a, settings.option_b))


@pytest.fixture
def app(settings: Settings, live: LiveResults) -> Flask:
    return create_app(settings, live)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def database(session_folder: Path) -> Iterator[Database]:
    """A real PostgreSQL; a test that breaks it repairs it."""
    with Database(session_folder / "result") as running:
        yield running


@pytest.fixture
def votes(database: Database) -> Database:
    """The database with its tables and no votes."""
    database.migrate()
    database.execute("TRUNCATE votes")
    return database
