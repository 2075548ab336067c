from wsgiref.util import setup_testing_defaults

import pytest
from prometheus_client import CollectorRegistry

from worker.health import Health
from worker.metrics import Metrics
from worker.server import create_app


@pytest.fixture
def health():
    return Health(lambda: 0.0)


@pytest.fixture
def get(health):
    registry = CollectorRegistry()
    Metrics(registry)
    app = create_app(health, registry)

    def get(path):
        environ = {"PATH_INFO": path}
        setup_testing_defaults(environ)
        answered = []
        body = b"".join(app(environ, lambda status, headers: answered.append(status)))
        return int(answered[0][:3]), body.decode()

    return get


def test_health_follows_the_loop(get, health, monkeypatch):
    assert get("/health")[0] == 200

    monkeypatch.setattr(health, "_clock", lambda: 1e6)

    assert get("/health")[0] == 503


def test_ready_follows_the_servers(get, health):
    assert get("/ready")[0] == 503

    health.succeeded()

    assert get("/ready")[0] == 200


def test_metrics_are_there(get):
    status, body = get("/metrics")

    assert status == 200
    assert "worker_batch_seconds_bucket" in body


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics/x"])
def test_anything_else_is_not_found(get, path):
    assert get(path)[0] == 404
