"""What Prometheus sees: the same figures from every process of a pod, each with its release."""

import os
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client import generate_latest as generate
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}

REQUESTS = Counter("http_requests_total", "Requests answered.", ["method", "route", "status", "release"])
SECONDS = Histogram("http_request_duration_seconds", "Time to answer.", ["method", "route", "release"])
ACCEPTED = Counter("votes_accepted_total", "Votes that Redis has.", ["vote", "release"])
SYNTHETIC = Counter("votes_synthetic_total", "Of these, synthetic ones.", ["vote", "release"])


def count(environ: "WSGIEnvironment", status: int, release: str, seconds: float) -> None:
    """Count and time one answered request."""
    # Names that a client makes up must not become label values: there is no end to them.
    method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in _METHODS else "OTHER"
    asked = environ.get("werkzeug.request")
    rule = asked.url_rule if asked else None
    requests, duration = _series(method, rule.rule if rule else "unmatched", status, release)
    requests.inc()
    duration.observe(seconds)


def accept(vote: str, release: str, *, synthetic: bool) -> None:
    """Count one vote that Redis has."""
    _accepted(ACCEPTED, vote, release).inc()
    if synthetic:
        _accepted(SYNTHETIC, vote, release).inc()


@cache
def _accepted(counter: Counter, vote: str, release: str) -> Counter:
    return counter.labels(vote, release)


@cache  # a few dozen at most
def _series(method: str, route: str, status: int, release: str) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status), release), SECONDS.labels(method, route, release)


class _Switch(Collector):
    """The error switch as Redis has it now, not as some process saw it last."""

    def __init__(self, release: str, *, enabled: bool) -> None:
        self._family = GaugeMetricFamily("error_sim_enabled", "1 while errors are ON.", labels=["release"])
        self._family.add_metric([release], enabled)

    def collect(self) -> Iterator[Metric]:
        yield self._family


def page(*, error_sim: bool, release: str) -> Response:
    """The figures of all processes of this pod, with the error switch as it is now."""
    switch = CollectorRegistry()
    switch.register(_Switch(release, enabled=error_sim))
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # prometheus_client's own sign of several processes
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return Response(generate(counted) + generate(switch), content_type=CONTENT_TYPE_LATEST)
