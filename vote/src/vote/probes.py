"""What a platform asks of every service: /health, /ready and /metrics."""

from collections.abc import Callable, Iterable

from flask import Blueprint, Response, jsonify
from prometheus_client.registry import Collector

from vote import errors, http_metrics


def nothing() -> str:
    """No reason: all is well."""
    return ""


def blueprint(
    *,
    dead: Callable[[], str] = nothing,
    unready: Callable[[], str] = nothing,
    degraded: Callable[[], str] = nothing,
    collectors: Iterable[Collector] = (),
) -> Blueprint:
    """The three addresses; each of these functions gives the reason why something is wrong, or nothing."""
    bp = Blueprint("probes", __name__)

    @bp.get("/health")
    def health() -> Response:
        """Alive: 200, unless only a restart helps."""
        return _refused(dead()) or jsonify(status="ok")

    @bp.get("/ready")
    def ready() -> Response:
        """Ready: 200 if requests may come here; a service that stays ready without its server says so."""
        if refused := _refused(unready()):
            return refused
        reason = degraded()
        return jsonify(status="degraded", reason=reason) if reason else jsonify(status="ready")

    @bp.get("/metrics")
    def metrics() -> Response:
        """The figures for Prometheus."""
        return http_metrics.page(collectors)

    return bp


def _refused(reason: str) -> Response | None:
    return errors.refusal(503, reason) if reason else None
