"""The newservice app: the probes, and what you add."""

from flask import Flask

from newservice import errors, probes
from newservice.config import Settings
from newservice.edge import Edge


def create_app(settings: Settings | None = None) -> Flask:
    """Build the newservice app: gunicorn passes nothing, tests pass settings."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.wsgi_app = Edge(app.wsgi_app, release=settings.release)  # type: ignore[method-assign]
    app.register_blueprint(probes.blueprint())
    errors.register(app)
    return app
