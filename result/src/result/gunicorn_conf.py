"""gunicorn's settings, derived from the service's own.

Import nothing here that opens sockets or starts threads: gevent patches those in the worker, after this ran.
"""

import os
import shutil
import signal
from pathlib import Path
from types import FrameType
from typing import Any

from result import logs
from result.config import Settings

_settings = Settings.from_env()
_memory = Path("/dev/shm")  # noqa: S108 - the workers' heartbeat files must never wait for a disk
_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR")

bind = f"{_settings.bind_host}:{_settings.port}"
workers = _settings.workers
worker_class = "gevent"
worker_connections = 2000
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
graceful_timeout = 1
control_socket_disable = True
logconfig_dict = logs.configuration("result", _settings.release, _settings.log_level)


def post_worker_init(worker: Any) -> None:
    """On SIGTERM end the open event streams: they would hold up the process till it is killed."""
    import gevent  # type: ignore[import-untyped]  # noqa: PLC0415 - the worker has patched by now

    def stop(number: int, frame: FrameType | None) -> None:
        worker.handle_exit(number, frame)
        gevent.spawn(worker.wsgi.extensions["board"].close)  # a signal handler must not wait for locks

    signal.signal(signal.SIGTERM, stop)


def child_exit(_server: object, worker: Any) -> None:
    """Take the gauges of an ended process out of /metrics."""
    if _metrics:
        from prometheus_client import multiprocess  # noqa: PLC0415 - as above

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    """Leave no files behind."""
    if _metrics:
        shutil.rmtree(_metrics, ignore_errors=True)
