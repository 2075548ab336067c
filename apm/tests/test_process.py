"""The real service under gunicorn, without a Prometheus."""

import contextlib
import json
import os
import signal
import subprocess
import sys

import httpx
import pytest
import tenacity

from local.servers import free_port

pytestmark = pytest.mark.servers


@pytest.fixture
def service(tmp_path):
    """`python -m apm` on a free port: its process, its URL and its output."""
    port, out, err = free_port(), tmp_path / "out", tmp_path / "err"
    settings = {"APM_PORT": str(port), "BIND_HOST": "127.0.0.1", "PROMETHEUS_URL": "http://127.0.0.1:1"}
    with contextlib.ExitStack() as stack:
        process = subprocess.Popen(
            [sys.executable, "-m", "apm"],
            env=os.environ | settings,
            stdout=stack.enter_context(out.open("w")),
            stderr=stack.enter_context(err.open("w")),
        )
        stack.callback(process.wait, 20)
        stack.callback(process.kill)
        yield process, f"http://127.0.0.1:{port}", out, err


def get(url: str, status: int = 200) -> httpx.Response:
    for attempt in tenacity.Retrying(
        stop=tenacity.stop_after_delay(10), wait=tenacity.wait_fixed(0.05), reraise=True
    ):
        with attempt:
            answer = httpx.get(url)
            assert answer.status_code == status
    return answer


def test_without_prometheus_it_stays_live_answers_503_and_stops_cleanly(service):
    process, url, out, err = service
    get(f"{url}/health")
    get(f"{url}/ready", 503)
    asked = "/v1/metrics?app=acme-vote&env=qa&metric=errorRate&window=5m"
    assert "Connection refused" in get(url + asked, 503).json()["error"]

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert {line["service"] for line in lines} == {"apm"}
    assert err.read_text() == ""
