"""What Prometheus sees: the same figures from every process of a pod, each with its release."""

import os

from flask import Flask, Response, current_app, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

REGISTRY = CollectorRegistry()  # the services' tests share one process, so the default one is not ours alone

_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}

REQUESTS = Counter(
    "http_requests_total",
    "Requests answered.",
    ["method", "route", "status", "release"],
    registry=REGISTRY,
)
VIEWERS = Gauge("result_viewers", "Open event streams.", multiprocess_mode="livesum", registry=REGISTRY)
PUSHES = Counter("result_pushes_total", "Changes pushed to all viewers.", registry=REGISTRY)
READS = Counter(
    "result_tally_reads_total", "Reads of the tally that the database answered.", registry=REGISTRY
)
READ_SECONDS = Counter("result_tally_read_seconds_total", "Time these reads took.", registry=REGISTRY)
ProcessCollector(registry=REGISTRY)
STALE = Gauge(
    "result_stale", "1 while the figures are out of date.", multiprocess_mode="livemax", registry=REGISTRY
)


def count(response: Response) -> Response:
    """Count a request by method, route, status and release."""
    # Names that a client makes up must not become label values: there is no end to them.
    method = request.method if request.method in _METHODS else "OTHER"
    route = request.url_rule.rule if request.url_rule else "unmatched"
    release = current_app.config["SETTINGS"].release
    REQUESTS.labels(method, route, str(response.status_code), release).inc()
    return response


def page() -> Response:
    """The figures of all processes of this pod."""
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # prometheus_client's own sign of several processes
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return Response(generate_latest(counted), content_type=CONTENT_TYPE_LATEST)


def init_app(app: Flask) -> None:
    """Count every request of the app."""
    app.after_request(count)
