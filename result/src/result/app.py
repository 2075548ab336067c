"""The result app: the live page, its event stream and the figures for scripts."""

from functools import partial

from flask import Flask

from result import errors, probes, views
from result.config import Settings
from result.edge import Edge
from result.feed import Feed
from result.live_results import LiveResults
from result.startup import Startup


def create_app(settings: Settings | None = None, live: LiveResults | None = None) -> Flask:
    """Build the result app: gunicorn passes nothing, tests pass results and publish to them."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["startup"] = startup = Startup(settings.workers)
    if live is None:
        live = LiveResults((settings.option_a, settings.option_b))
        app.extensions["feed"] = Feed(settings.database_url, live, startup)  # process.py starts it
    app.extensions["live_results"] = live
    app.wsgi_app = Edge(app.wsgi_app, release=settings.release)  # type: ignore[method-assign]
    app.register_blueprint(views.bp)
    app.register_blueprint(
        probes.blueprint(
            unready=lambda: "" if startup.complete else "Not every process has read the figures yet",
            degraded=partial(_degraded, live),
        )
    )
    errors.register(app, views.refusal)
    return app


def _degraded(live: LiveResults) -> str:
    """Why the figures are stale. The pod stays ready: the page explains it better than a proxy's error."""
    since = live.current.snapshot.stale_since
    return f"The figures have not been up to date since {views.clock(since)}" if since else ""
