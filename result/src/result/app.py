"""The result app: the live page, its event stream and the figures for scripts."""

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from result import metrics, views
from result.board import Board
from result.config import Settings
from result.feed import Feed
from result.startup import Startup

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_MESSAGES = {
    404: "There is no such page here",
    405: "This address does not take that method",
    500: "Something went wrong here; the log has the details",
}


def create_app(settings: Settings | None = None, board: Board | None = None) -> Flask:
    """Build the result app: gunicorn passes nothing, tests pass a board that they fill themselves."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.json.sort_keys = False  # type: ignore[attr-defined]
    startup = Startup(settings.workers)
    if board is None:
        board = Board((settings.option_a, settings.option_b))
        app.extensions["feed"] = Feed(settings.database_url, board, startup)  # gunicorn_conf starts it
    app.extensions["board"], app.extensions["startup"] = board, startup
    metrics.init_app(app)
    app.after_request(_add_headers)
    app.register_blueprint(views.bp)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    response = views.refusal(status, _MESSAGES.get(status) or error.description or error.name)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response
