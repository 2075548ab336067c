"""The worker's web server: small, with one thread per request."""

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
    """Handles one request within a few seconds, without an access log."""

    timeout = 5

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        """Log nothing: probes come every few seconds."""


class Server(ThreadingMixIn, WSGIServer):
    """Serves an app on a socket that is already listening."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, app: WSGIApplication) -> None:
        super().__init__(listener.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = "worker", self.server_address[1]
        self.setup_environ()
        self.set_app(without_body(app))

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - as above
        """Log at debug level only: a client that disconnects early is not worth a traceback."""
        log.debug("request ended early", exc_info=True)


def without_body(app: WSGIApplication) -> WSGIApplication:
    """The app with an empty request body: wsgiref would wait for a body, and probes send none."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return app(environ | {"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0"}, start_response)

    return serve
