"""`python -m stage` as in a pod: settings, a service account, and sources that come and go."""

import os
import signal
import ssl
import subprocess
import sys

import httpx
import pytest
import trustme

from local.servers import free_port

from .kubernetes import Kubernetes, environment
from .servers import Site, serving, wait_until
from .test_cluster import BAD, STABLE

pytestmark = pytest.mark.servers


@pytest.fixture
def kubernetes():
    with serving(Kubernetes()) as server:
        server.look(2)
        yield server


@pytest.fixture
def site():
    """vote behind a front door whose certificate nobody can verify, like Traefik's own."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("traefik.default").configure_cert(trust)
    with serving(Site(STABLE, BAD)) as server:
        server._server.socket = trust.wrap_socket(server._server.socket, server_side=True)
        yield server


@pytest.fixture
def pod(tmp_path, kubernetes, site):
    """Starts the service; returns a client of its page."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    (tmp_path / "token").write_text("token\n")
    started = []

    def start(**changed):
        port = free_port()
        settings = {
            "STAGE_NAMESPACE": "shop-qa",
            "STAGE_APM_URL": "http://127.0.0.1:1",
            "STAGE_FRONT_DOOR": site.address,
            "STAGE_API_URL": f"http://{kubernetes.address}",
            "STAGE_ACCOUNT": str(tmp_path),
            "BIND_HOST": "127.0.0.1",
            "STAGE_PORT": str(port),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "stage"],
            env=os.environ | settings | changed,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}")
        started.append((process, client))
        wait_until(lambda: answers(client))
        return client, process

    yield start
    for process, client in started:
        client.close()
        process.kill()
        process.communicate()


def answers(client) -> bool:
    try:
        return client.get("/health").is_success
    except httpx.HTTPError:
        return False


def test_it_finds_its_environment_and_shows_it_without_a_switch(pod, kubernetes):
    client, process = pod()
    assert client.get("/ready").status_code == 503
    assert client.get("/ready").json()["error"].startswith("The environment is not known: ")

    kubernetes.lists |= environment()
    wait_until(lambda: client.get("/ready").is_success)
    wait_until(lambda: client.get("/api/state").json()["sources"]["switch"]["known"])
    state = client.get("/api/state").json()
    assert state["session"]["environment"] == "qa"
    assert (state["rollout"]["release"], state["switch"]["release"]) == (BAD, BAD)
    assert {*kubernetes.tokens} == {"Bearer token"}
    assert client.post("/api/switch").status_code == 409

    client.close()
    process.send_signal(signal.SIGTERM)
    out, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")
    assert '"not known: HTTP 404"' in out
    assert "POST" not in out, "each vote would be a line"


def test_a_switch_that_is_shown_can_be_flipped(pod, kubernetes, site):
    kubernetes.lists |= environment()
    client, _ = pod(STAGE_SWITCH="on")
    wait_until(lambda: client.get("/api/state").json()["sources"]["switch"]["known"])

    assert client.post("/api/switch").json() == {"enabled": True}
    assert site.enabled
