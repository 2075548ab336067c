"""The apm app: queries over HTTP, with answers and errors as JSON."""

import logging
from functools import partial

from flask import Flask, Response

from apm import errors, probes, views
from apm.client import Prometheus, PrometheusError
from apm.config import Settings
from apm.edge import Edge
from apm.measurements import Queries
from apm.question import BadQuestionError

log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None, prometheus: Queries | None = None) -> Flask:
    """Build the apm app: gunicorn passes nothing, tests pass fakes."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.json.sort_keys = False  # type: ignore[attr-defined]
    prometheus = prometheus or Prometheus(settings.prometheus_url, timeout_s=settings.prometheus_timeout_s)
    app.extensions["prometheus"] = prometheus
    app.wsgi_app = Edge(app.wsgi_app, release=settings.release)  # type: ignore[method-assign]
    app.register_blueprint(views.bp)
    app.register_blueprint(probes.blueprint(unready=partial(_unready, prometheus)))
    errors.register(app)
    app.register_error_handler(BadQuestionError, _bad_question)
    app.register_error_handler(PrometheusError, _prometheus_error)
    return app


def _unready(prometheus: Queries) -> str:
    """Why no query can be answered. apm is then not ready: only analyses use it, and they fail closed."""
    try:
        prometheus.query("vector(1)")
    except PrometheusError as error:
        log.warning("not ready: %s", error)
        return str(error)
    return ""


def _bad_question(error: BadQuestionError) -> Response:
    return errors.refusal(400, str(error))


def _prometheus_error(error: PrometheusError) -> Response:
    log.error("query failed: %s", error)
    return errors.refusal(503, str(error))
