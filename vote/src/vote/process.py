"""What each process does beside answering requests: it connects to Redis."""

import logging

import gevent  # type: ignore[import-untyped]
from flask import Flask

from vote.connections import StoreError

log = logging.getLogger(__name__)

GRACE_S = 10  # for requests under way at a stop
CONNECT_AGAIN_S = 0.5


def start(app: Flask) -> None:
    """Connect to Redis before the first request is accepted; if it is unreachable, serve and go on trying."""
    if reason := _connect(app):
        log.warning("not ready, trying again until redis answers: %s", reason)
        gevent.spawn(_connect_at_last, app)


def stop(_app: Flask) -> None:
    """Nothing: connections end with the process."""


def _connect_at_last(app: Flask) -> None:
    while _connect(app):
        gevent.sleep(CONNECT_AGAIN_S)
    log.info("connected to redis")


def _connect(app: Flask) -> str:
    """Connect and count this process, or say why not."""
    try:
        app.extensions["queue"].ping()
    except StoreError as error:
        return str(error)
    app.extensions["startup"].connected()
    return ""
