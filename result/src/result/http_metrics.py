"""What every service counts, and the page for Prometheus: one for all processes of a pod."""

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

REGISTRY = CollectorRegistry()  # tests import every service: in the default one their names would clash
ProcessCollector(registry=REGISTRY)

REQUESTS = Counter(
    "http_requests_total", "Requests answered.", ["method", "route", "status", "release"], registry=REGISTRY
)
SECONDS = Histogram(
    "http_request_duration_seconds", "Time to answer.", ["method", "route", "release"], registry=REGISTRY
)
_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


def count(environ: "WSGIEnvironment", status: int, release: str, seconds: float) -> None:
    """Count and time one answered request."""
    # Names that a client makes up must not become label values: there is no end to them.
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
    """All figures of this pod, and what these collectors say now."""
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # prometheus_client's own sign of several processes
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    now = CollectorRegistry()
    for collector in collectors:
        now.register(collector)
    return Response(generate_latest(counted) + generate_latest(now), content_type=CONTENT_TYPE_LATEST)
