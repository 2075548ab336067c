"""The endpoints of the result service."""

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from result import errors, metrics
from result.live_results import LiveResults

bp = Blueprint("result", __name__)


@bp.get("/")
def index() -> Response:
    """The page with the current figures; its script then follows the event stream."""
    version = _live().current
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
    """The event stream: the JSON of GET /api/results now and at each change."""
    response = Response(_counted(_live().follow()), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # nginx would buffer the events
    return response


@bp.get("/api/results")
def show_results() -> Response:
    """The figures as JSON."""
    return jsonify(_live().current.results)


def clock(moment: datetime) -> str:
    """The time in UTC, for pages without JavaScript; the script shows the viewer's local time."""
    return f"{moment:%H:%M} UTC"


def wants_page() -> bool:
    """Whether the client asks for HTML, as browsers do; scripts that accept anything get JSON."""
    return "text/html" in request.environ.get("HTTP_ACCEPT", "")


def refusal(status: int, message: str) -> Response:
    """An error response with one clear line, as a page or as JSON."""
    if wants_page():
        response = make_response(render_template("error.html", message=f"{message} (HTTP {status})"))
        response.status_code = status
        return response
    return errors.refusal(status, message)


def _counted(stream: Iterator[bytes]) -> Iterator[bytes]:
    with metrics.VIEWERS.track_inprogress():
        yield from stream


def _live() -> LiveResults:
    return cast("LiveResults", current_app.extensions["live_results"])
