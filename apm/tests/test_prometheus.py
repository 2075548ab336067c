"""The query on a real Prometheus: which requests it counts, and from when on."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import tenacity
from prometheus_client import CollectorRegistry, Counter, start_http_server

from apm.client import Prometheus, Sample
from apm.measurements import Measured, error_rate
from apm.promql import string
from apm.question import Question

from .backfill import Past, RealPrometheus

pytestmark = [pytest.mark.servers, pytest.mark.docker]

APP = "acme"


def every_15_s(*steps: tuple[float, float], until: float = 0) -> list[tuple[float, float]]:
    """Scrapes every 15 s; each step is (seconds ago, the value from then on)."""
    moments = range(int(steps[0][0]), int(until) - 1, -15)
    return [(ago, next(value for since, value in reversed(steps) if ago <= since)) for ago in moments]


def votes(env: str, status: int | str, pod: str = "vote-1", **changes: str) -> str:
    labels = {"namespace": f"{APP}-{env}", "app": "vote", "pod": pod, "release": "r1"}
    labels |= {"method": "POST", "route": "/", "status": str(status)} | changes
    return f"http_requests_total{{{','.join(f'{name}={string(value)}' for name, value in labels.items())}}}"


# Windows are 5 minutes unless a test says otherwise; nothing changes near their edge at 300 s.
PAST: Past = {
    "up": every_15_s((1200, 1)),
    # Two pods with old counters, scraped throughout: 80 + 100 votes, of which 20 failed.
    votes("pods", 200): every_15_s((900, 1000), (200, 1060)),
    votes("pods", 500): every_15_s((900, 7), (180, 27)),
    votes("pods", 200, pod="vote-2"): every_15_s((900, 5000), (100, 5100)),
    # A canary whose first votes all fail, scraped once so far.
    votes("born", 500): every_15_s((15, 7), until=15),
    # A pod that has been deleted.
    votes("gone", 200): every_15_s((240, 30), (210, 60), until=120),
    # Requests that do not count: page loads, the switch, another service, another environment.
    votes("others", 200, method="GET"): every_15_s((240, 500)),
    votes("others", 200, route="/api/error-sim"): every_15_s((240, 500)),
    votes("others", 200, app="result"): every_15_s((240, 500)),
    votes("others2", 200): every_15_s((240, 500)),
    votes("idle", 200): every_15_s((900, 4711)),
    # Two releases: the canary's 10 failed votes are a small share of all.
    votes("canary", 200): every_15_s((900, 10_000), (200, 10_990)),
    votes("canary", 500, pod="vote-2", release="r2"): every_15_s((60, 10)),
    # Restarted once in the window: 100 votes before and 50 after; only increase() sees them, roughly.
    votes("restarted", 200): every_15_s((900, 1000), (250, 1100), (150, 0), (100, 50)),
    # Restarted at the window's edge, between two scrapes.
    votes("between", 500): every_15_s((900, 1000), until=330) + every_15_s((270, 20), (200, 30)),
    # Scraped before the window, but not at its start.
    votes("flaky", 200): every_15_s((900, 1000), until=420) + every_15_s((240, 1010)),
    # Scraped once inside a short window.
    votes("sparse", 500): [(600, 100), (310, 100), (5, 103)],
    # Older than Prometheus itself: 100 votes since Prometheus started.
    votes("unknown", 200): every_15_s((1200, 90_000), (600, 90_100)),
    # An app whose name only starts with the same letters.
    votes("x", 200, namespace=f"{APP}2-qa", release="r9"): every_15_s((60, 50)),
    votes("y", 200, release="r9"): every_15_s((60, 5)),
    votes("z", 503, release="r9"): every_15_s((60, 5)),
}


@pytest.fixture(scope="module")
def exporter() -> Iterator[tuple[Counter, int]]:
    """A counter that a scrape target exposes, and the target's port."""
    registry = CollectorRegistry()
    counter = Counter("http_requests_total", "", ["method", "route", "status", "release"], registry=registry)
    server, thread = start_http_server(0, "127.0.0.1", registry)
    yield counter, server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def prometheus(folder: Path, exporter: tuple[Counter, int]) -> Iterator[Prometheus]:
    with (
        RealPrometheus(folder, PAST, scraped_port=exporter[1]) as server,
        contextlib.closing(Prometheus(server.url, timeout_s=10)) as prometheus,
    ):
        yield prometheus


@pytest.fixture
def rate(prometheus):
    """Measures the error rate as the HTTP API does."""

    def ask(env: str | None, window: str = "5m", release: str | None = None) -> Measured:
        return error_rate(
            prometheus,
            Question(app=f"{APP}-vote", env=env, metric="errorRate", window=window, release=release),
        )

    return ask


def test_pods_and_statuses_are_summed_exactly(rate):
    assert rate("pods") == Measured(round(100 * 20 / 180, 4), 180)


def test_a_counters_first_value_counts(rate):
    assert rate("born") == Measured(100.0, 7)


def test_votes_of_a_deleted_pod_count(rate):
    assert rate("gone") == Measured(0.0, 60)


@pytest.mark.parametrize("env", ["others", "idle", "nowhere"])
def test_without_votes_there_is_no_rate(rate, env):
    assert rate(env) == Measured(None, 0)


def test_a_canary_is_measured_separately_from_the_stable_release(rate):
    assert rate("canary") == Measured(1.0, 1000)
    assert rate("canary", release="r1") == Measured(0.0, 990)
    assert rate("canary", release="r2") == Measured(100.0, 10)
    assert rate("canary", release="r3") == Measured(None, 0)


def test_without_an_environment_all_of_the_app_count(rate):
    assert rate(None, release="r9") == Measured(50.0, 10)


def test_a_restart_loses_no_votes(rate):
    measured = rate("restarted")

    assert measured.value == 0
    assert 150 <= measured.requests <= 160  # increase() extrapolates by a scrape or so


def test_a_restart_between_the_scrapes_counts_from_zero(rate):
    assert rate("between") == Measured(100.0, 30)


def test_an_old_counter_is_not_counted_as_new(rate):
    assert rate("flaky") == Measured(0.0, 10)


def test_one_scrape_in_the_window_is_enough(rate):
    assert rate("sparse", window="1m") == Measured(100.0, 3)


def test_a_counter_older_than_prometheus_is_not_counted_as_new(rate):
    measured = rate("unknown", window="1h")

    assert 100 <= measured.requests <= 110


def test_a_shorter_window_counts_less(rate):
    assert rate("pods", window="150s").requests == 100


@pytest.mark.parametrize("value", ['"', "\\", 'a"b\\"c', "a\nb", "{}", "é", "'"])
def test_quoted_values_round_trip(prometheus, value):
    asked = f'label_replace(vector(1), "x", {string(value)}, "", "")'

    assert prometheus.query(asked) == [Sample({"x": value}, 1)]


def test_scraped_votes_show_within_a_scrape_or_two(rate, exporter):
    counter, _ = exporter
    counter.labels("POST", "/", "500", "r1").inc(7)
    counter.labels("GET", "/", "200", "r1").inc(100)

    for attempt in tenacity.Retrying(
        stop=tenacity.stop_after_delay(8), wait=tenacity.wait_fixed(0.1), reraise=True
    ):
        with attempt:
            assert rate("live", window="10s", release="r1") == Measured(100.0, 7)
