"""The apm app: questions over HTTP, answers and refusals as JSON."""

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from apm import metrics, views
from apm.client import Prometheus, PrometheusError
from apm.config import Settings
from apm.error_rate import Queries
from apm.question import BadQuestionError

log = logging.getLogger(__name__)

_MESSAGES = {
    404: "There is no such page here",
    405: "This address does not take that method",
    500: "Something went wrong here; the log has the details",
}


def create_app(settings: Settings | None = None, prometheus: Queries | None = None) -> Flask:
    """Build the apm app: gunicorn passes nothing, tests pass fakes."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["prometheus"] = prometheus or Prometheus(
        settings.prometheus_url, timeout_s=settings.prometheus_timeout_s
    )
    metrics.init_app(app)
    app.after_request(_add_headers)
    app.register_blueprint(views.bp)
    app.register_error_handler(BadQuestionError, _bad_question)
    app.register_error_handler(PrometheusError, _prometheus_error)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _add_headers(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _bad_question(error: BadQuestionError) -> Response:
    return views.refusal(400, str(error))


def _prometheus_error(error: PrometheusError) -> Response:
    log.error("no answer: %s", error)
    return views.refusal(503, str(error))


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    response = views.refusal(status, _MESSAGES.get(status) or error.description or error.name)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response
