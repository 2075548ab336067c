"""Every address of the result service."""

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from result import metrics
from result.board import Board
from result.startup import Startup

bp = Blueprint("result", __name__)


@bp.get("/")
def index() -> Response:
    """The page with the figures as they are now; its script then follows the event stream."""
    version = _board().current
    since = version.snapshot.stale_since
    return make_response(
        render_template(
            "index.html",
            settings=current_app.config["SETTINGS"],
            results=version.results,
            known=version.snapshot.tally is not None,
            since=since and clock(since),
        )
    )


@bp.get("/events")
def events() -> Response:
    """The event stream: the figures now and at each change, as GET /api/results gives them."""
    response = Response(_counted(_board().follow()), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # nginx would gather the events
    return response


@bp.get("/api/results")
def show_results() -> Response:
    """The figures for scripts."""
    return jsonify(_board().current.results)


@bp.get("/health")
def health() -> Response:
    """Alive: always 200, whatever the database does."""
    return jsonify(status="ok")


@bp.get("/ready")
def ready() -> Response:
    """Ready: 200 once every process has read figures.

    It stays 200 when they are out of date later, and gives the reason: without a pod in the Service,
    visitors would get the proxy's error instead of this page, which says since when its figures are stale.
    """
    if not _startup().complete:
        return refusal(503, "Not every process has read the figures yet")
    since = _board().current.snapshot.stale_since
    if since:
        return jsonify(status="degraded", reason=f"The figures are not up to date since {clock(since)}")
    return jsonify(status="ready")


@bp.get("/metrics")
def show_metrics() -> Response:
    """The figures for Prometheus."""
    return metrics.page()


def clock(moment: datetime) -> str:
    """The time of day for those without the script, which shows it in the viewer's own time zone."""
    return f"{moment:%H:%M} UTC"


def wants_page() -> bool:
    """Whether the client asks for a page, as browsers do; scripts that accept anything get JSON."""
    return "text/html" in request.accept_mimetypes.values()


def refusal(status: int, message: str) -> Response:
    """One clear line about what was not done, as a page or as JSON."""
    if wants_page():
        response = make_response(render_template("error.html", message=f"{message} (HTTP {status})"))
    else:
        response = jsonify(error=message)
    response.status_code = status
    return response


def _counted(stream: Iterator[bytes]) -> Iterator[bytes]:
    with metrics.VIEWERS.track_inprogress():
        yield from stream


def _startup() -> Startup:
    return cast("Startup", current_app.extensions["startup"])


def _board() -> Board:
    return cast("Board", current_app.extensions["board"])
