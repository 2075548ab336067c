import pytest
from environs import Env

from worker.app import create_app
from worker.config import Settings
from worker.health import LIVE_S, Health


@pytest.fixture
def health():
    return Health(lambda: 0.0)


@pytest.fixture
def client(health, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://nowhere:6379/0")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nowhere/votes")
    return create_app(Settings.from_env(Env()), health).test_client()


def test_health_follows_the_loop(client, health, monkeypatch):
    assert client.get("/health").json == {"status": "ok"}

    monkeypatch.setattr(health, "_clock", lambda: LIVE_S + 1)

    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (503, {"error": "The loop hangs; see the log for where"})


def test_ready_follows_the_servers(client, health):
    assert client.get("/ready").status_code == 503

    health.succeeded()

    assert client.get("/ready").json == {"status": "ready"}


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics/x"])
def test_anything_else_is_not_found(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.json) == (404, {"error": "Page not found"})


def test_requests_are_counted(client):
    client.get("/health")

    line = 'http_requests_total{method="GET",release="local",route="/health",status="200"}'
    assert line in client.get("/metrics").text
