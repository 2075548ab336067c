"""The gunicorn settings for all contenders: vote's, without the hooks that need vote's app."""

import gc

from vote.gunicorn_conf import (  # noqa: F401 - gunicorn reads them
    control_socket_disable,
    graceful_timeout,
    keepalive,
    logconfig_dict,
    logger_class,
    worker_class,
    worker_tmp_dir,
    workers,
)


def post_worker_init(_worker: object) -> None:
    gc.collect()
    gc.freeze()
