"""gunicorn's settings, derived from the service's own; `__main__` patched the modules for gevent before."""

import gc
import logging
import os
import shutil
from pathlib import Path
from typing import Any

import gevent  # type: ignore[import-untyped]
from flask import Flask
from gunicorn.glogging import Logger

from vote import logs
from vote.config import Settings
from vote.connections import StoreError

log = logging.getLogger(__name__)


class NoAccessLogger(Logger):  # type: ignore[misc]
    """Writes no line a request, nor gathers what it would say: /metrics counts them."""

    def access(self, *_: Any) -> None:
        """Nothing."""


_settings = Settings.from_env()
_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
CONNECT_AGAIN_S = 0.5
_memory = Path("/dev/shm")  # noqa: S108 - the workers' heartbeat files must never wait for a disk

workers = _settings.workers
worker_class = "gevent"
preload_app = True  # the first process imports everything, once; nothing connects before the fork
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
graceful_timeout = 10
keepalive = 120  # seconds; longer than proxies keep their side, or a vote could meet a closing connection
control_socket_disable = True
logger_class = NoAccessLogger
logconfig_dict = logs.configuration("vote", _settings.release, _settings.log_level)


def when_ready(_server: object) -> None:
    """Keep the garbage collector off what stays for good, and so stays shared: modules and app."""
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Connect to Redis before the first request is accepted; if it is unreachable, serve and go on trying."""
    if reason := _connect(worker.wsgi):
        log.warning("not ready, trying again until redis answers: %s", reason)
        gevent.spawn(_connect_at_last, worker.wsgi)


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


def on_exit(_server: object) -> None:
    """Leave no files behind."""
    if _metrics:
        shutil.rmtree(_metrics, ignore_errors=True)
