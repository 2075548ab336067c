"""`make service NAME=madeup` and `make deploy ENV=dev`: the service answers only allowed pods."""

import json
import subprocess

import pytest

from delivery.adapters.kustomize import rendered
from delivery.adapters.polling import until
from e2e.cluster.conftest import stop
from e2e.run.checkout import with_packages
from k8s.policies.objects import named
from local.app import ROOT

KINDS = "deployments,services,networkpolicies,poddisruptionbudgets,serviceaccounts"
CONNECT = """
import socket
print(socket.socket().connect_ex((socket.gethostbyname("madeup"), 80)))
"""


@pytest.fixture
def dev(lane, tmp_path):
    """dev with the new service, deployed from a copy of this tree; the service is removed at the end."""
    home, before = with_packages(tmp_path / "checkout"), lane.tag if lane.deployed else ""
    make(home, "service", "NAME=madeup")
    (home / ".venv/.installed").touch()  # `make deploy` would install it
    try:
        lane.cluster.kubectl.apply(prometheus_policy(home))
        make(home, "deploy", f"ENV={lane.name}", f"CLUSTER_NAME={lane.cluster.name}")
        lane.wait_ready()
        yield lane
    finally:
        lane.kubectl("delete", KINDS, "madeup", "--ignore-not-found", seconds=60)
        lane.cluster.kubectl.apply(prometheus_policy(ROOT))
        if before:
            lane.deploy(before)
        else:
            stop(lane)


def make(home, *what):
    done = subprocess.run(["make", *what], cwd=home, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def prometheus_policy(root):
    """The pods that Prometheus may scrape, according to the platform's manifests in a checkout."""
    return json.dumps(named(rendered(root / "k8s/platform"), "NetworkPolicy")["prometheus"])


def asked(env, service, path):
    """A Service's answer through the API server's proxy."""
    return json.loads(env.cluster.kubectl("get", "--raw", f"/api/v1/namespaces/{service}:http/proxy/{path}"))


def test_a_new_service_answers_on_the_cluster(dev):
    assert asked(dev, f"{dev.namespace}/services/madeup", "health") == {"status": "ok"}

    query = f'api/v1/query?query=up{{app="madeup",namespace="{dev.namespace}"}}==1'
    prometheus = f"{dev.cluster.platform_namespace}/services/prometheus"
    until(lambda: asked(dev, prometheus, query)["data"]["result"], what="Prometheus reads it", seconds=60)

    assert dev.kubectl("exec", "deployment/worker", "--", "python", "-c", CONNECT).strip() != "0"
