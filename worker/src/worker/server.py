"""The worker's web server: small, each request answered by a thread of its own."""

import io
import logging
import socket
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)


class Handler(WSGIRequestHandler):
    """Reads one request, quietly and within a few seconds."""

    timeout = 5

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        """Probes come every few seconds: no access log."""


class Server(ThreadingMixIn, WSGIServer):
    """Serves an app on a socket that already listens."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, app: WSGIApplication) -> None:
        super().__init__(listener.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = "worker", self.server_address[1]
        self.setup_environ()
        self.set_app(without_body(app))

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the same
        """A client that goes away half way is not worth a traceback."""
        log.debug("request ended early", exc_info=True)


def without_body(app: WSGIApplication) -> WSGIApplication:
    """The app, given no body to read: wsgiref would wait for one on the connection, and nobody sends any."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return app(environ | {"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0"}, start_response)

    return serve
