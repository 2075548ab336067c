from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis as redis_py

from local.servers import Postgres, Redis
from worker.store import SCHEMA
from worker.stream import Stream

from .machine import Machine


@pytest.fixture(scope="session")
def redis_server(session_folder: Path) -> Iterator[Redis]:
    """A real server; a test that freezes it resumes it."""
    with Redis(session_folder / "worker-redis") as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(session_folder: Path) -> Iterator[Postgres]:
    """A real server; each test gets its own database."""
    with Postgres(session_folder / "worker-postgres") as server:
        yield server


@pytest.fixture
def redis(redis_server: Redis) -> Iterator[redis_py.Redis]:
    """A client that reads text, on an empty server."""
    with redis_py.Redis.from_url(redis_server.url, decode_responses=True, protocol=2) as client:
        client.flushall()
        yield client


@pytest.fixture
def empty_database_url(postgres_server: Postgres) -> str:
    """A database for this test only, without tables."""
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS worker_test WITH (FORCE)")
        connection.execute("CREATE DATABASE worker_test")
    return postgres_server.url.replace("/postgres?", "/worker_test?")


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """The same, with the schema."""
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute(SCHEMA)
    return empty_database_url


@pytest.fixture
def sql(database_url: str) -> Iterator[Callable[..., list[Any]]]:
    """Runs a statement, commits, and returns its rows."""
    with psycopg.connect(database_url, autocommit=True) as connection:

        def run(statement: str, *parameters: object) -> list[Any]:
            cursor = connection.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

        yield run


@pytest.fixture
def machine(redis: redis_py.Redis, redis_server: Redis, database_url: str) -> Iterator[Machine]:
    """Starts loops and workers, and stops those that a test leaves running."""
    with Machine(redis_server.url, database_url) as machine:
        yield machine


@pytest.fixture
def consumer(redis_server: Redis, redis: redis_py.Redis) -> Iterator[Callable[..., Stream]]:
    """Creates a consumer, and its group if it is missing."""
    streams: list[Stream] = []

    def consumer(name: str, *, batch_size: int = 100, claim_idle_s: float = 60.0) -> Stream:
        stream = Stream(redis_server.url, consumer=name, batch_size=batch_size, claim_idle_s=claim_idle_s)
        stream.open()
        streams.append(stream)
        return stream

    yield consumer
    for stream in streams:
        stream.close()


@pytest.fixture
def stream(consumer: Callable[..., Stream]) -> Stream:
    """One consumer of the group."""
    return consumer("w1")
