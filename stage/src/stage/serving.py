"""Serves a session over HTTP until the process is told to stop."""

import logging
import math
import os
import signal
import socket
from typing import TYPE_CHECKING

import gevent  # type: ignore[import-untyped]
from gevent.pywsgi import WSGIServer  # type: ignore[import-untyped]

from stage.checks import ConfigError
from stage.events import Session

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def serve(session: Session, listener: socket.socket, app: "WSGIApplication") -> None:
    """Serve until SIGINT or SIGTERM; one process, because all viewers share the session in its memory."""
    server = WSGIServer(listener, app, log=None, error_log=logging.getLogger("stage.server"))
    server.start()

    def stop() -> None:
        session.close()
        server.stop(timeout=1)

    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, stop)
    server.serve_forever()


def on_this_machine(port: int) -> socket.socket:
    """Listen on 127.0.0.1, or raise a ConfigError that says how to choose another port."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=256)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise ConfigError(
            f"port {port} cannot be used ({reason}); choose another: make stage STAGE_PORT={port + 1}"
        ) from error


def say(port: int, what: str) -> None:
    """Tell the presenter where the page is."""
    print(f"stage: http://localhost:{port} {what}; Ctrl-C ends it", flush=True)  # noqa: T201


def number(name: str, value: str, least: float, most: float) -> float:
    """An option as a number, or a ConfigError that names it."""
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not least <= found <= most:
        raise ConfigError(f"{name} must be a number from {least} to {most}, not {value!r}")
    return found
