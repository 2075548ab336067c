"""The release view over HTTP: page, event stream, state for scripts, the one switch, and `Play again`."""

from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request

from stage import errors, probes
from stage.edge import Edge
from stage.events import Session

Again = Callable[[], bool]  # plays the recording again, or returns False if it has not ended
Flip = Callable[[], bool]  # toggles the switch and returns its new state, or raises a SwitchError
bp = Blueprint("stage", __name__)


class SwitchError(Exception):
    """The switch was not flipped; the message is one line that says why."""


def create_app(
    session: Session,
    flip: Flip | None = None,
    speed: float = 1.0,
    again: Again | None = None,
    *,
    release: str = "local",
    unready: Callable[[], str] = probes.nothing,
) -> Flask:
    """Build the release view of a session: a replay with `again`, otherwise live.

    `flip` toggles the canary's switch, which is hidden without it.
    """
    app = Flask(__name__)
    app.config.update(SESSION=session, FLIP=flip, SPEED=speed, AGAIN=again)
    app.wsgi_app = Edge(app.wsgi_app, release=release)  # type: ignore[method-assign]
    app.register_blueprint(bp)
    app.register_blueprint(probes.blueprint(unready=unready))
    errors.register(app)
    return app


@bp.get("/")
def index() -> str:
    """The page; its script follows the event stream."""
    live, switch = current_app.config["AGAIN"] is None, _flip() is not None
    return render_template("index.html", live=live, switch=switch, speed=current_app.config["SPEED"])


@bp.get("/events")
def events() -> Response:
    """The event stream: a snapshot, then each event."""
    response = Response(_session().follow(), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # nginx would buffer the events
    return response


@bp.get("/api/state")
def state() -> Response:
    """The snapshot as JSON."""
    return jsonify(_session().snapshot())


@bp.post("/api/switch")
def switch() -> Response:
    """Flip the switch of the canary or preview; requests from other sites are refused."""
    if _from_another_site():
        return errors.refusal(403, "The switch can only be flipped from its own page")
    flip = _flip()
    if flip is None and current_app.config["AGAIN"]:
        return errors.refusal(409, "A recording cannot be changed")
    if flip is None:
        return errors.refusal(409, "The switch is hidden here; STAGE_SWITCH=on shows it")
    try:
        return jsonify(enabled=flip())
    except SwitchError as error:
        return errors.refusal(503, str(error))


@bp.post("/api/again")
def again() -> Response:
    """Play the recording again, for every viewer, once it has ended."""
    if _from_another_site():
        return errors.refusal(403, "A recording can only be played again from its own page")
    play = cast("Again | None", current_app.config["AGAIN"])
    if play is None:
        return errors.refusal(409, "A live release cannot be played again")
    return jsonify(playing=True) if play() else errors.refusal(409, "The recording has not ended")


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
