"""The vote app: pages and JSON for people and scripts, errors in the form each asked for."""

import logging
import re
import secrets

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from vote import metrics, views
from vote.config import Settings
from vote.redis_queue import Queue, QueueError, RedisQueue

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a form post then still carries its Origin
}


def create_app(settings: Settings | None = None, queue: Queue | None = None) -> Flask:
    """Build the vote app: gunicorn passes nothing, tests pass fakes."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.config["MAX_CONTENT_LENGTH"] = 4096  # a vote is a handful of bytes
    app.extensions["queue"] = queue or RedisQueue(
        settings.redis_url, release=settings.release, timeout_s=settings.redis_timeout_s
    )
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
    )
    app.before_request(_name_request)
    metrics.init_app(app)
    app.after_request(_add_headers)
    app.after_request(_read_to_the_end)
    app.register_blueprint(views.bp)
    if settings.error_sim:
        app.register_blueprint(views.error_sim)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(QueueError, _queue_error)
    return app


def _name_request() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


def _add_headers(response: Response) -> Response:
    response.headers.extend(_HEADERS)
    response.headers.add("X-Request-Id", g.get("request_id", ""))
    if "Cache-Control" not in response.headers:
        response.headers.add("Cache-Control", "no-store")
    return response


def _read_to_the_end(response: Response) -> Response:
    """Read what is left of the request, up to 2 MiB: a proxy takes an earlier answer for a failure (502)."""
    for _ in range(32):
        if not request.environ["wsgi.input"].read(65536):
            break
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    response = views.refusal(status, _MESSAGES.get(status) or error.description or error.name)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _queue_error(error: QueueError) -> Response:
    log.error("redis is away: %s", error)
    return views.refusal(503, "The vote store is away, nothing was changed. Please try again in a moment")


_MESSAGES = {
    404: "There is no such page here",
    405: "This address does not take that method",
    413: "That is too much for a vote: send the field vote=a or vote=b",
    500: "Something went wrong here; the log has the details",
}
