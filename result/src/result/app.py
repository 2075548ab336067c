"""The result app: the live page, its event stream and the figures for scripts."""

from functools import partial

from flask import Flask

from result import errors, probes, views
from result.board import Board
from result.config import Settings
from result.edge import Edge
from result.feed import Feed
from result.startup import Startup


def create_app(settings: Settings | None = None, board: Board | None = None) -> Flask:
    """Build the result app: gunicorn passes nothing, tests pass a board and publish to it."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["startup"] = startup = Startup(settings.workers)
    if board is None:
        board = Board((settings.option_a, settings.option_b))
        app.extensions["feed"] = Feed(settings.database_url, board, startup)  # process.py starts it
    app.extensions["board"] = board
    app.wsgi_app = Edge(app.wsgi_app, release=settings.release)  # type: ignore[method-assign]
    app.register_blueprint(views.bp)
    app.register_blueprint(
        probes.blueprint(
            unready=lambda: "" if startup.complete else "Not every process has read the figures yet",
            degraded=partial(_degraded, board),
        )
    )
    errors.register(app, views.refusal)
    return app


def _degraded(board: Board) -> str:
    """Why the figures are stale. The pod stays ready: the page explains it better than a proxy's error."""
    since = board.current.snapshot.stale_since
    return f"The figures have not been up to date since {views.clock(since)}" if since else ""
