"""gunicorn's configuration, derived from the service's settings; `__main__` patched for gevent before."""

import gc
import os
import shutil
import signal
from pathlib import Path
from types import FrameType
from typing import Any

import gevent  # type: ignore[import-untyped]
from gunicorn.glogging import Logger
from prometheus_client import multiprocess

from apm import logs, process
from apm.config import Settings


class NoAccessLogger(Logger):  # type: ignore[misc]
    """Turns the access log off: /metrics counts requests."""

    def access(self, *_: Any) -> None:
        """Log nothing."""


_settings = Settings.from_env()
_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
_stops = {signal.SIGINT, signal.SIGQUIT, signal.SIGTERM}
_memory = Path("/dev/shm")  # noqa: S108 - heartbeat files of workers must never wait for a disk

workers = _settings.workers
worker_class = "gevent"
worker_connections = 2000
preload_app = True  # the master imports everything once; nothing connects before the fork
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
graceful_timeout = process.GRACE_S
keepalive = (
    120  # seconds; longer than a proxy's, which could otherwise send a request on a connection that closes
)
control_socket_disable = True
logger_class = NoAccessLogger
logconfig_dict = logs.configuration("apm", _settings.release, _settings.log_level)

# A stop signal during a fork would be lost, so it stays blocked until the new process has its own handlers.
os.register_at_fork(
    before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _stops),
    after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _stops),
)


def when_ready(_server: object) -> None:
    """Exclude modules and the app from garbage collection, so that workers keep sharing their memory."""
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Start the process's background work, and stop it on SIGTERM."""
    process.start(worker.wsgi)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.handle_exit(number, frame)
        gevent.spawn(process.stop, worker.wsgi)  # a signal handler must not wait for locks

    signal.signal(signal.SIGTERM, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _stops)


def child_exit(_server: object, worker: Any) -> None:
    """Remove the gauges of a process that has ended from /metrics."""
    if _metrics:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    """Delete the metrics files."""
    if _metrics:
        shutil.rmtree(_metrics, ignore_errors=True)
