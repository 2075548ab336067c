"""The health check of an image works, whatever proxy Docker sets for containers."""

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from delivery.domain.services import SERVICES
from local.app import ROOT

NOWHERE = "http://127.0.0.1:9"  # a proxy that refuses


@pytest.fixture
def ready(request):
    """A server on 127.0.0.1 whose /ready answers with this status."""

    class Ready(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(request.param if self.path == "/ready" else 404)
            self.end_headers()

        def log_message(self, *_):
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Ready) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("ready", "healthy"), [(200, True), (503, False)], indirect=["ready"])
def test_the_health_check_ignores_proxies(service, ready, healthy):
    lines = (ROOT / service / "Dockerfile").read_text().splitlines()
    (check,) = (lines[number + 1] for number, line in enumerate(lines) if line.startswith("HEALTHCHECK"))
    command = json.loads(check.removeprefix("  CMD ").replace("8080", str(ready)))
    assert command[0] == "python"

    done = subprocess.run(
        [sys.executable, *command[1:]],
        env={"http_proxy": NOWHERE, "HTTP_PROXY": NOWHERE, "all_proxy": NOWHERE},
        capture_output=True,
        timeout=30,
        check=False,
    )

    assert (done.returncode == 0) == healthy
