"""The release view over HTTP: page, event stream, state for scripts, the one switch, and `Play again`."""

from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from stage.events import Session

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


Again = Callable[[], bool]  # plays the recording again, or returns False if it has not ended
Flip = Callable[[], bool]  # toggles the switch and returns its new state, or raises a SwitchError
bp = Blueprint("stage", __name__)


class SwitchError(Exception):
    """The switch was not flipped; the message is one line that says why."""


def create_app(
    session: Session, flip: Flip | None = None, speed: float = 1.0, again: Again | None = None
) -> Flask:
    """Build the release view of a session: live with `flip`, the canary's switch, or a replay."""
    app = Flask(__name__)
    app.config.update(SESSION=session, FLIP=flip, SPEED=speed, AGAIN=again)
    app.register_blueprint(bp)
    return app


@bp.get("/")
def index() -> str:
    """The page; its script follows the event stream."""
    return render_template("index.html", live=_flip() is not None, speed=current_app.config["SPEED"])


@bp.get("/events")
def events() -> Response:
    """The event stream: a snapshot, then each event."""
    return Response(_session().follow(), mimetype="text/event-stream")


@bp.get("/api/state")
def state() -> Response:
    """The snapshot as JSON."""
    return jsonify(_session().snapshot())


@bp.post("/api/switch")
def switch() -> Response:
    """Flip the switch of the canary or preview; requests from other sites are refused."""
    if _from_another_site():
        return refusal(403, "The switch can only be flipped from its own page")
    flip = _flip()
    if flip is None:
        return refusal(409, "A recording cannot be changed")
    try:
        return jsonify(enabled=flip())
    except SwitchError as error:
        return refusal(503, str(error))


@bp.post("/api/again")
def again() -> Response:
    """Play the recording again, for every viewer, once it has ended."""
    if _from_another_site():
        return refusal(403, "A recording can only be played again from its own page")
    play = cast("Again | None", current_app.config["AGAIN"])
    if play is None:
        return refusal(409, "A live release cannot be played again")
    return jsonify(playing=True) if play() else refusal(409, "The recording has not ended")


@bp.get("/health")
def health() -> Response:
    """200 while the process serves."""
    return jsonify(status="ok")


@bp.after_app_request
def protect(response: Response) -> Response:
    """Add our headers to every response."""
    response.headers.update(_HEADERS)
    return response


@bp.app_errorhandler(HTTPException)
def refuse(error: HTTPException) -> Response:
    """Answer every HTTP error with one line."""
    return refusal(error.code or 500, error.name)


def refusal(status: int, message: str) -> Response:
    """An error response with one clear line, as JSON."""
    response = jsonify(error=message)
    response.status_code = status
    return response


def _session() -> Session:
    return cast("Session", current_app.config["SESSION"])


def _flip() -> Flip | None:
    return cast("Flip | None", current_app.config["FLIP"])


def _from_another_site() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
