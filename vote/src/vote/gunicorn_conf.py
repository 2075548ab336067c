"""gunicorn's settings, derived from the service's own."""

import os
import shutil
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from vote import logs
from vote.config import Settings


class NoAccessLogger(Logger):  # type: ignore[misc]
    """Writes no line a request, nor gathers what it would say: /metrics counts them."""

    def access(self, *_: Any) -> None:
        """Nothing."""


_settings = Settings.from_env()
_memory = Path("/dev/shm")  # noqa: S108 - the workers' heartbeat files must never wait for a disk

bind = f"{_settings.bind_host}:{_settings.port}"
workers = _settings.workers
# Threads, so that a few connections that say nothing, as browsers open in advance, hold up nobody.
worker_class = "gthread"
threads = _settings.threads
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
graceful_timeout = 10
keepalive = 120  # seconds; longer than proxies keep their side, or a vote could meet a closing connection
control_socket_disable = True
logger_class = NoAccessLogger
logconfig_dict = logs.configuration("vote", _settings.release, _settings.log_level)


def on_exit(_server: object) -> None:
    """Leave no files behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
