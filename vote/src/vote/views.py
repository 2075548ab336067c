"""The endpoints of the vote service."""

import logging
from functools import lru_cache
from typing import Literal, cast
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Request, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from vote import errors, metrics, voter
from vote.config import Settings
from vote.redis_queue import Queue, Vote
from vote.switch import Switch, is_on

log = logging.getLogger(__name__)

LARGEST_FORM = 4096  # bytes; a vote takes a few
bp = Blueprint("vote", __name__)
error_sim = Blueprint("error_sim", __name__)


@bp.get("/")
def index() -> Response:
    """The page, with this browser's current vote."""
    response = _page(choice=voter.last_choice(request))
    voter.remember(response, request, voter=voter.voter_id(request))
    return response


@bp.post("/")
def cast_vote() -> Response:
    """Take one vote; 2xx means that Redis has it."""
    # The request itself: Flask's proxy costs time at each access. Documented, but missing in the types.
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    choice = _chosen(asked)
    synthetic = asked.environ.get("HTTP_X_SYNTHETIC_VOTE") == "1"
    vote = Vote(voter=voter.voter_id(asked), vote=choice, synthetic=synthetic)
    if not _queue().cast(vote):
        return refusal(500, "Simulated Error")
    release = _settings().release
    metrics.accept(choice, release, synthetic=synthetic)

    before = voter.last_choice(asked)
    changed = before is not None and before != choice
    if wants_page():
        response = _page(choice=choice, changed=changed, posted=True)
    else:
        response = jsonify(vote=choice, changed=changed, release=release)
    voter.remember(response, asked, voter=vote.voter, choice=choice)
    return response


@error_sim.get("/api/error-sim")
def show_switch() -> Response:
    """Whether errors are ON for this release; OFF while Redis is unreachable."""
    return jsonify(enabled=is_on(_switch()))


@error_sim.post("/api/error-sim")
def flip_switch() -> Response:
    """Flip the switch of this release; refuses other sites, and a request that names another release."""
    if _from_another_site():
        return refusal(403, "The error switch can only be flipped from its own page")
    ours = _settings().release
    if (meant := request.headers.get("X-Release", ours)) != ours:
        return refusal(409, f"Release {ours} answers here, not {meant}")
    enabled = _switch().toggle()
    log.warning(
        "error switch turned %s",
        "ON" if enabled else "OFF",
        extra={"by": request.remote_addr, "enabled": enabled},
    )
    return jsonify(enabled=enabled)


def wants_page() -> bool:
    """Whether the client asks for HTML, as browsers do; scripts that accept anything get JSON."""
    return "text/html" in request.environ.get("HTTP_ACCEPT", "")


def refusal(status: int, message: str) -> Response:
    """An error response with one clear line, as a page or as JSON."""
    if wants_page():
        posted = request.method == "POST" and request.path == "/"
        error = f"{message} (HTTP {status})"
        response = _page(choice=voter.last_choice(request), error=error, posted=posted)
        response.status_code = status
        return response
    return errors.refusal(status, message)


def _page(*, choice: str | None, changed: bool = False, error: str = "", posted: bool = False) -> Response:
    page = _html(_settings(), choice, changed, error, posted)
    return Response(page, content_type="text/html; charset=utf-8")


@lru_cache(maxsize=64)  # the page has few states, and rendering every time makes a vote a third slower
def _html(settings: Settings, choice: str | None, changed: bool, error: str, posted: bool) -> bytes:
    options = {"a": settings.option_a, "b": settings.option_b}
    page = render_template(
        "index.html",
        settings=settings,
        options=options,
        choice=choice,
        changed=changed,
        error=error,
        posted=posted,
    )
    return page.encode()


def _chosen(asked: Request) -> Literal["a", "b"]:
    if asked.mimetype == "application/x-www-form-urlencoded":
        choices = _fields(_body(asked))
    elif asked.mimetype == "multipart/form-data":
        choices = tuple(asked.form.getlist("vote"))
    else:
        raise UnsupportedMediaType("Send the vote as a form field: vote=a or vote=b")
    match choices:
        case ("a",):
            return "a"
        case ("b",):
            return "b"
    raise BadRequest("Choose one of the two options: vote=a or vote=b")


def _body(asked: Request) -> bytes:
    """The request's body, read directly: request.form would take a fifth of the time of a vote."""
    body: bytes = asked.environ["wsgi.input"].read(LARGEST_FORM + 1)
    if len(body) > LARGEST_FORM:
        raise RequestEntityTooLarge
    return body


@lru_cache(maxsize=64)  # nearly all forms are one of two
def _fields(form: bytes) -> tuple[str, ...]:
    return tuple(parse_qs(form.decode(errors="replace")).get("vote", ()))


def _from_another_site() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def _settings() -> Settings:
    return cast("Settings", current_app.config["SETTINGS"])


def _queue() -> Queue:
    return cast("Queue", current_app.extensions["queue"])


def _switch() -> Switch:
    return cast("Switch", current_app.extensions["switch"])
