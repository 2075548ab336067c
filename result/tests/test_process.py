"""The real service: gunicorn, gevent and a real database."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import tenacity

from local.servers import free_port

pytestmark = pytest.mark.servers


class Service:
    """`python -m result` on a free port, and its output."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        settings = {"RESULT_PORT": str(self.port), "BIND_HOST": "127.0.0.1", "TMPDIR": str(folder)}
        self._viewers: list[http.client.HTTPConnection] = []
        self._out, self._err = folder / "out", folder / "err"
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "result"],
                env=os.environ | settings | variables,
                stdout=out,
                stderr=err,
            )

    def wait(self, path: str, status: int = 200) -> httpx.Response:
        """The response, once it has that status."""
        for attempt in tenacity.Retrying(
            stop=tenacity.stop_after_delay(10), wait=tenacity.wait_fixed(0.05), reraise=True
        ):
            with attempt:
                answer = httpx.get(self.url + path)
                assert answer.status_code == status
        return answer

    def watch(self) -> http.client.HTTPResponse:
        """A viewer that has received its first figures."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        self._viewers.append(connection)
        connection.request("GET", "/events")
        stream = connection.getresponse()
        assert [stream.readline() for _ in range(2)] == [b"retry: 1000\n", b"\n"]
        event(stream)
        return stream

    def stop(self) -> float:
        """Send SIGTERM; the seconds until the process has ended."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - began

    def end(self) -> None:
        """Close and stop whatever the test left running."""
        for viewer in self._viewers:
            viewer.close()
        self.process.terminate()
        self.process.wait(20)

    @property
    def output(self) -> str:
        return self._out.read_text()

    @property
    def errors(self) -> str:
        return self._err.read_text()


def event(stream: http.client.HTTPResponse) -> dict[str, object]:
    line, end = stream.readline(), stream.readline()
    assert end == b"\n"
    figures: dict[str, object] = json.loads(line.removeprefix(b"data: "))
    return figures


@pytest.fixture
def start(tmp_path):
    with contextlib.ExitStack() as stack:

        def start(**variables: str) -> Service:
            service = Service(tmp_path, **variables)
            stack.callback(service.end)
            return service

        yield start


def test_fifty_viewers_see_a_vote_within_a_second(start, votes):
    service = start(DATABASE_URL=votes.url)
    service.wait("/ready")
    viewers = [service.watch() for _ in range(50)]
    assert "result_viewers 50.0" in service.wait("/metrics").text
    votes.vote("a", 5)
    began = time.monotonic()
    for viewer in viewers:
        assert event(viewer)["total"] == 5
    assert time.monotonic() - began < 1


def test_sigterm_ends_the_service_and_its_streams_within_three_seconds(start, votes):
    service = start(DATABASE_URL=votes.url)
    service.wait("/ready")
    viewers = [service.watch() for _ in range(20)]
    with httpx.Client() as idle, socket.create_connection(("127.0.0.1", service.port)):
        idle.get(service.url)  # stays open, as with proxies and browsers
        assert service.stop() < 3
    assert service.process.returncode == 0
    assert [viewer.read() for viewer in viewers] == [b""] * 20, "ended by HTTP, not cut off"


def test_every_log_line_is_json_and_requests_are_not_logged(start, votes):
    service = start(DATABASE_URL=votes.url)
    service.wait("/ready")
    service.wait("/nowhere", status=404)
    service.stop()
    lines = [json.loads(line) for line in service.output.splitlines()]
    assert {line["service"] for line in lines} == {"result"}
    assert "nowhere" not in service.output
    assert service.errors == "", "not even a warning of gevent"


def test_without_a_database_it_stays_live_and_not_ready(start):
    service = start(DATABASE_URL="postgresql://127.0.0.1:1/votes")
    service.wait("/health")
    service.wait("/ready", status=503)
    assert service.wait("/api/results").json()["stale_since"]
    assert "Not up to date since" in service.wait("/").text
    assert service.stop() < 3
    assert "Connection refused" in service.output


def test_several_processes_share_metrics_and_delete_their_files(start, votes, tmp_path):
    service = start(DATABASE_URL=votes.url, RESULT_WORKERS="2")
    service.wait("/ready")
    for _ in range(40):
        httpx.get(service.url)
    page = service.wait("/metrics").text
    assert re.search(r'http_requests_total{method="GET",release="local",route="/",status="200"} 40.0', page)
    assert list(tmp_path.glob("result-metrics-*"))
    assert service.stop() < 3
    assert not list(tmp_path.glob("result-metrics-*"))
