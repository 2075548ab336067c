"""The request metrics that every service has, and /metrics, summed over all processes of a pod."""

import os
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from flask import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

REGISTRY = CollectorRegistry()  # tests import every service, and names would clash in the default registry
ProcessCollector(registry=REGISTRY)

REQUESTS = Counter(
    "http_requests_total",
    "HTTP requests answered.",
    ["method", "route", "status", "release"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "http_request_duration_seconds",
    "Time to answer an HTTP request.",
    ["method", "route", "release"],
    registry=REGISTRY,
)
_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


def count(environ: "WSGIEnvironment", status: int, release: str, seconds: float) -> None:
    """Count and time one answered request."""
    # Names that a client makes up must not become label values: cardinality would be unbounded.
    method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in _METHODS else "OTHER"
    asked = environ.get("werkzeug.request")
    rule = asked.url_rule if asked else None
    requests, duration = _series(method, rule.rule if rule else "unmatched", status, release)
    requests.inc()
    duration.observe(seconds)


@cache  # a few dozen at most
def _series(method: str, route: str, status: int, release: str) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status), release), SECONDS.labels(method, route, release)


def page(collectors: Iterable[Collector] = ()) -> Response:
    """All metrics of this pod, and the current values of these collectors."""
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # how prometheus_client detects several processes
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    now = CollectorRegistry()
    for collector in collectors:
        now.register(collector)
    return Response(generate_latest(counted) + generate_latest(now), content_type=CONTENT_TYPE_LATEST)
