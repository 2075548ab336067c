"""What Prometheus sees of apm itself."""

from flask import Flask, Response, current_app, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)

REGISTRY = CollectorRegistry()  # the services' tests share one process, so the default one is not ours alone

_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}

REQUESTS = Counter(
    "http_requests_total",
    "Requests answered.",
    ["method", "route", "status", "release"],
    registry=REGISTRY,
)
PROMETHEUS_SECONDS = Histogram("apm_prometheus_seconds", "Time Prometheus took to answer.", registry=REGISTRY)
PROMETHEUS_FAILURES = Counter(
    "apm_prometheus_failures_total", "Questions that Prometheus did not answer.", registry=REGISTRY
)
ProcessCollector(registry=REGISTRY)


def count(response: Response) -> Response:
    """Count a request by method, route, status and release."""
    # Names that a client makes up must not become label values: there is no end to them.
    method = request.method if request.method in _METHODS else "OTHER"
    route = request.url_rule.rule if request.url_rule else "unmatched"
    release = current_app.config["SETTINGS"].release
    REQUESTS.labels(method, route, str(response.status_code), release).inc()
    return response


def page() -> Response:
    """The figures of this pod."""
    return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def init_app(app: Flask) -> None:
    """Count every request of the app."""
    app.after_request(count)
