"""WSGI middleware that gives every response a request id and our headers, and counts it.

Flask's hooks could do the same, but are slow: see docs/performance.md.
"""

import re
import secrets
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from stage import http_metrics
from stage.logs import REQUEST_ID

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FORM = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a form post still carries its Origin
}


class Edge:
    """Wraps the app: sets the request id, counts and times every response, and adds our headers."""

    def __init__(self, app: "WSGIApplication", *, release: str) -> None:
        self._app = app
        self._release = release
        self._headers = [*_HEADERS.items(), ("X-Release", release)]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request."""
        started = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        environ[REQUEST_ID] = request_id = given if _FORM.fullmatch(given) else secrets.token_hex(16)

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            http_metrics.count(environ, int(status[:3]), self._release, time.perf_counter() - started)
            headers += self._headers
            headers.append(("X-Request-Id", request_id))
            if not any(name == "Cache-Control" for name, _ in headers):
                headers.append(("Cache-Control", "no-store"))
            return start_response(status, headers, *failure)

        body = self._app(environ, start)
        _read_to_the_end(environ)
        return body


def _read_to_the_end(environ: "WSGIEnvironment") -> None:
    """Read the rest of the request, up to 2 MiB: a proxy answers 502 if the response comes before that."""
    for _ in range(32):
        if not environ["wsgi.input"].read(65536):
            break
