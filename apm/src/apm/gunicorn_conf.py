"""gunicorn's settings, derived from the service's own."""

from pathlib import Path

from apm import logs
from apm.config import Settings

_settings = Settings.from_env()
_memory = Path("/dev/shm")  # noqa: S108 - the worker's heartbeat file must never wait for a disk

workers = 1  # a few questions a minute; one process needs no shared counters
# Threads, so that /health answers while questions wait for a slow Prometheus.
worker_class = "gthread"
threads = _settings.threads
preload_app = True  # the first process imports everything, once
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
graceful_timeout = 10
control_socket_disable = True
logconfig_dict = logs.configuration("apm", _settings.release, _settings.log_level)
