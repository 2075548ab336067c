"""The vote app: pages and JSON for people and scripts, errors in the form each asked for."""

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from vote import views
from vote.config import Settings
from vote.connections import Connections, StoreError
from vote.edge import Edge
from vote.redis_queue import Queue, RedisQueue
from vote.startup import Startup
from vote.switch import RedisSwitch, Switch

log = logging.getLogger(__name__)


def create_app(
    settings: Settings | None = None, queue: Queue | None = None, switch: Switch | None = None
) -> Flask:
    """Build the vote app: gunicorn passes nothing, tests pass fakes."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.config["MAX_CONTENT_LENGTH"] = views.LARGEST_FORM
    if queue is None or switch is None:
        connections = Connections(settings.redis_url, timeout_s=settings.redis_timeout_s)
        switch = ours = RedisSwitch(connections, release=settings.release)
        queue = RedisQueue(connections, release=settings.release, switch_key=ours.key)
    app.extensions["queue"], app.extensions["switch"] = queue, switch
    app.extensions["startup"] = Startup(settings.workers)
    proxies = settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.wsgi_app = Edge(app.wsgi_app, release=settings.release)  # type: ignore[method-assign]
    app.register_blueprint(views.bp)
    if settings.error_sim:
        app.register_blueprint(views.error_sim)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StoreError, _store_error)
    return app


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    response = views.refusal(status, _MESSAGES.get(status) or error.description or error.name)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _store_error(error: StoreError) -> Response:
    log.error("no answer from redis: %s", error)
    response = views.refusal(503, "The vote store is away, nothing was changed. Please try again in a moment")
    response.headers["Retry-After"] = "1"
    return response


_MESSAGES = {
    404: "There is no such page here",
    405: "This address does not take that method",
    413: "That is too much for a vote: send the field vote=a or vote=b",
    500: "Something went wrong here; the log has the details",
}
