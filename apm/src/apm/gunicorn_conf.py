"""gunicorn's settings, derived from the service's own; `__main__` patched the modules for gevent before."""

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
    """Writes no line a request, nor gathers what it would say: /metrics counts them."""

    def access(self, *_: Any) -> None:
        """Nothing."""


_settings = Settings.from_env()
_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
_stops = {signal.SIGINT, signal.SIGQUIT, signal.SIGTERM}
_memory = Path("/dev/shm")  # noqa: S108 - the workers' heartbeat files must never wait for a disk

workers = _settings.workers
worker_class = "gevent"
worker_connections = 2000
preload_app = True  # the first process imports everything, once; nothing connects before the fork
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
graceful_timeout = process.GRACE_S
keepalive = 120  # seconds; longer than proxies keep their side, or a request could meet a closing connection
control_socket_disable = True
logger_class = NoAccessLogger
logconfig_dict = logs.configuration("apm", _settings.release, _settings.log_level)

# A stop that comes while a process is forked would be lost: it waits until that has handlers of its own.
os.register_at_fork(
    before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _stops),
    after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _stops),
)


def when_ready(_server: object) -> None:
    """Keep the garbage collector off what stays for good, and so stays shared: modules and app."""
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Start what the process does beside answering requests, and end it on SIGTERM."""
    process.start(worker.wsgi)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.handle_exit(number, frame)
        gevent.spawn(process.stop, worker.wsgi)  # a signal handler must not wait for locks

    signal.signal(signal.SIGTERM, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _stops)


def child_exit(_server: object, worker: Any) -> None:
    """Take the gauges of an ended process out of /metrics."""
    if _metrics:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    """Leave no files behind."""
    if _metrics:
        shutil.rmtree(_metrics, ignore_errors=True)
