import pytest
from flask import Flask
from flask.testing import FlaskClient

from apm.app import create_app
from apm.client import PrometheusError, Sample
from apm.config import Settings


class FakePrometheus:
    """Answers with the rows that a test sets; `unreachable` makes every query fail."""

    def __init__(self) -> None:
        self.rows: list[Sample] = []
        self.asked: list[str] = []
        self.unreachable = False

    def query(self, promql: str) -> list[Sample]:
        if self.unreachable:
            raise PrometheusError("Prometheus is unreachable: test")
        self.asked.append(promql)
        return self.rows

    def answer(self, **by_status: float) -> None:
        """Rows like those of a real one: `s200=98` is 98 requests with status 200."""
        self.rows = [Sample({"status": name[1:]}, value) for name, value in by_status.items()]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("PROMETHEUS_URL", "http://nowhere:9090")
    return Settings.from_env()


@pytest.fixture
def prometheus() -> FakePrometheus:
    return FakePrometheus()


@pytest.fixture
def app(settings: Settings, prometheus: FakePrometheus) -> Flask:
    return create_app(settings, prometheus)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
