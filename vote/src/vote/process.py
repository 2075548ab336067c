"""Background work of each process: connecting to Redis."""

import logging

import gevent  # type: ignore[import-untyped]
from flask import Flask

from vote.connections import StoreError

log = logging.getLogger(__name__)

GRACE_S = 10  # time for open requests to finish after a stop signal
RETRY_S = 0.5


def start(app: Flask) -> None:
    """Connect to Redis before the first request; if it is unreachable, serve and retry in the background."""
    if reason := _connect(app):
        log.warning("not ready, retrying until redis answers: %s", reason)
        gevent.spawn(_retry_connect, app)


def stop(_app: Flask) -> None:
    """Do nothing: connections end with the process."""


def _retry_connect(app: Flask) -> None:
    while _connect(app):
        gevent.sleep(RETRY_S)
    log.info("connected to redis")


def _connect(app: Flask) -> str:
    """Connect and count this process, or return the reason why that failed."""
    try:
        app.extensions["queue"].ping()
    except StoreError as error:
        return str(error)
    app.extensions["startup"].connected()
    return ""
