import json
import socket

import pytest

from delivery.adapters import kubectl
from delivery.adapters.process import ToolError
from delivery.domain.errors import ConfigurationError
from demo import cluster, images, up
from demo.cluster import TRAEFIK, Cluster


@pytest.fixture
def answers(monkeypatch):
    """The output of programs by the start of their command; any other command fails."""
    known: dict[str, str] = {}

    def run(*command, **_):
        asked = " ".join(command)
        for start, answer in known.items():
            if asked.startswith(start):
                return answer
        raise ToolError(f"{asked}: connection refused")

    for module in (cluster, images, kubectl, up):
        monkeypatch.setattr(module, "run", run)
    return known


PORTS = json.dumps({TRAEFIK: [{"HostIp": "127.0.0.1", "HostPort": "9443"}]})


def test_an_existing_cluster_keeps_its_port(answers):
    answers.update({"kind get clusters": "acme\na\n", "docker inspect": PORTS, "kubectl get --raw": "ok"})

    assert Cluster.existing("acme").port == 9443


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"kind get clusters": "acme-e2e\n"}, "create it: make cluster"),
        ({"kind get clusters": "acme\n", "docker inspect": PORTS}, "make cluster-down cluster"),
        ({"kind get clusters": "acme\n", "docker inspect": "{}"}, "CLUSTER_NAME"),
    ],
    ids=["none", "one that does not answer", "somebody else's"],
)
def test_an_unusable_cluster_is_an_error_that_says_what_to_do(answers, known, reason):
    answers.update(known)

    with pytest.raises(ConfigurationError, match=reason):
        Cluster.existing("acme")


@pytest.mark.servers
def test_a_taken_port_is_reported_before_anything_is_created(answers):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(
            ConfigurationError, match=rf"port {port} cannot be used \(.*CLUSTER_PORT={port + 1000}"
        ):
            Cluster(port=port).create()


@pytest.mark.parametrize("program", ["docker", "kind", "kubectl", "kubectl-argo-rollouts"])
def test_a_missing_tool_is_named(monkeypatch, program):
    monkeypatch.setattr(up.shutil, "which", lambda name: None if name == program else f"/bin/{name}")

    with pytest.raises(ConfigurationError, match=f"^{program} is not on the PATH"):
        up.require_tools()


def test_a_docker_engine_that_is_not_running_is_reported(answers, monkeypatch):
    monkeypatch.setattr(up.shutil, "which", lambda name: f"/bin/{name}")

    with pytest.raises(ConfigurationError, match="Docker does not answer"):
        up.require_tools()


ARCHIVED = {"docker version": "linux/arm64\n", "docker save --platform=linux/arm64 --output": ""}


def test_images_that_kind_refuses_are_loaded_as_an_archive_of_one_platform(answers):
    answers.update(ARCHIVED | {"kind load image-archive --name a": ""})

    images.load("a", "vote:1", "worker:1")


def test_images_that_cannot_be_loaded_either_way_fail_with_the_reason_of_kind(answers):
    answers.update(ARCHIVED)

    with pytest.raises(ToolError, match=r"^kind load docker-image"):
        images.load("a", "vote:1")


def test_a_release_of_the_same_code_needs_only_the_images_that_are_there(node):
    node.there.remove("example.com/apm:1111111-1")

    Cluster("acme").retag("1111111-1", "2222222-2")

    assert node.tags("vote") == node.tags("worker") == {"1111111-1", "2222222-2"}
    assert node.tags("apm") == set()
