"""The vote app: HTML for browsers and JSON for scripts, errors included."""

import logging
from functools import partial

from flask import Flask, Response
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from vote import errors, probes, views
from vote.config import Settings
from vote.connections import Connections, StoreError
from vote.edge import Edge
from vote.metrics import ErrorSwitch
from vote.redis_queue import Queue, RedisQueue
from vote.startup import Startup
from vote.switch import RedisSwitch, Switch, is_on

log = logging.getLogger(__name__)


def create_app(
    settings: Settings | None = None, queue: Queue | None = None, switch: Switch | None = None
) -> Flask:
    """Build the vote app: gunicorn passes nothing, tests pass fakes."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = views.LARGEST_FORM
    if queue is None or switch is None:
        connections = Connections(settings.redis_url, timeout_s=settings.redis_timeout_s)
        switch = ours = RedisSwitch(connections, release=settings.release)
        queue = RedisQueue(connections, release=settings.release, switch_key=ours.key)
    app.extensions["queue"], app.extensions["switch"] = queue, switch
    app.extensions["startup"] = startup = Startup(settings.workers)
    proxies = settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.wsgi_app = Edge(app.wsgi_app, release=settings.release)  # type: ignore[method-assign]
    app.register_blueprint(views.bp)
    if settings.error_sim:
        app.register_blueprint(views.error_sim)
    app.register_blueprint(
        probes.blueprint(
            unready=lambda: "" if startup.complete else "Not every process has reached Redis yet",
            degraded=partial(_degraded, queue),
            collectors=[ErrorSwitch(settings.release, lambda: settings.error_sim and is_on(switch))],
        )
    )
    errors.register(app, views.refusal)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(StoreError, _store_error)
    return app


def _degraded(queue: Queue) -> str:
    """Why votes are refused. The pod stays ready: the page explains it better than a proxy's error."""
    try:
        queue.ping()
    except StoreError as error:
        log.warning("ready, but votes are refused: %s", error)
        return "Redis is unreachable: votes are refused with 503"
    return ""


def _too_large(_error: RequestEntityTooLarge) -> Response:
    return views.refusal(413, "The request is too large for a vote: send the form field vote=a or vote=b")


def _store_error(error: StoreError) -> Response:
    log.error("redis failed: %s", error)
    response = views.refusal(503, "The vote store is unreachable, nothing was changed. Please try again soon")
    response.headers["Retry-After"] = "1"
    return response
