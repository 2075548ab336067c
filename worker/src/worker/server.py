"""The worker's HTTP side: /health, /ready and /metrics, each answered by a thread of its own."""

import logging
import socket
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import CollectorRegistry, make_wsgi_app

from worker.health import Health

log = logging.getLogger(__name__)


class Handler(WSGIRequestHandler):
    """Reads one request, quietly and within a few seconds."""

    timeout = 5

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        """Probes come every few seconds: no access log."""


class Server(ThreadingMixIn, WSGIServer):
    """A small web server for probes and Prometheus."""

    daemon_threads = True

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(listener.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = "worker", self.server_address[1]
        self.setup_environ()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the same
        """A client that goes away half way is not worth a traceback."""
        log.debug("request ended early", exc_info=True)


def create_server(listener: socket.socket, health: Health, registry: CollectorRegistry) -> Server:
    """A server on a socket that already listens."""
    server = Server(listener)
    server.set_app(create_app(health, registry))
    return server


def create_app(health: Health, registry: CollectorRegistry) -> WSGIApplication:
    """The three endpoints; anything else is 404."""
    metrics = make_wsgi_app(registry)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/metrics":
                page: Iterable[bytes] = metrics(environ, start_response)
                return page
            case "/health":
                status = "200 OK" if health.is_live() else "503 Service Unavailable"
            case "/ready":
                status = "200 OK" if health.is_ready() else "503 Service Unavailable"
            case _:
                status = "404 Not Found"
        start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
        return [f"{status[4:]}\n".encode()]

    return app
