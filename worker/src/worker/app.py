"""The worker app: probes and metrics of the loop, which runs in another thread."""

from flask import Flask

from worker import errors, probes
from worker.config import Settings
from worker.edge import Edge
from worker.health import Health


def create_app(settings: Settings, health: Health) -> Flask:
    """Build the worker app: it reports the loop's health and never waits for Redis or PostgreSQL."""
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.wsgi_app = Edge(app.wsgi_app, release=settings.release)  # type: ignore[method-assign]
    app.register_blueprint(
        probes.blueprint(
            dead=lambda: "" if health.is_live() else "The loop hangs; see the log for where",
            unready=lambda: (
                "" if health.is_ready() else "Redis or PostgreSQL does not answer; see the log for which"
            ),
        )
    )
    errors.register(app)
    return app
