"""The endpoints for the platform, the same in every service: /health, /ready and /metrics."""

from collections.abc import Callable, Iterable

from flask import Blueprint, Response, jsonify
from prometheus_client.registry import Collector

from stage import errors, http_metrics


def nothing() -> str:
    """The default check: all is well."""
    return ""


def blueprint(
    *,
    dead: Callable[[], str] = nothing,
    unready: Callable[[], str] = nothing,
    degraded: Callable[[], str] = nothing,
    collectors: Iterable[Collector] = (),
) -> Blueprint:
    """The three endpoints; each check returns the reason for a problem, or an empty string."""
    bp = Blueprint("probes", __name__)

    @bp.get("/health")
    def health() -> Response:
        """Liveness: 200, unless only a restart helps."""
        return _refused(dead()) or jsonify(status="ok")

    @bp.get("/ready")
    def ready() -> Response:
        """Readiness: 200 if the pod can take requests; `degraded` if it does so without its data store."""
        if refused := _refused(unready()):
            return refused
        reason = degraded()
        return jsonify(status="degraded", reason=reason) if reason else jsonify(status="ready")

    @bp.get("/metrics")
    def metrics() -> Response:
        """The metrics for Prometheus."""
        return http_metrics.page(collectors)

    return bp


def _refused(reason: str) -> Response | None:
    return errors.refusal(503, reason) if reason else None
