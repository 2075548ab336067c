import pytest

from delivery.adapters import kubectl
from delivery.adapters.kubectl import Cluster, Kubectl
from delivery.adapters.process import ToolError

PODS = '{"items": [{"kind": "Pod"}]}'


@pytest.fixture
def asked(monkeypatch):
    """The commands that were run; each returns a pod."""
    commands = []

    def run(*command, seconds, stdin):
        assert seconds > 0
        commands.append(" ".join(command))
        return PODS

    monkeypatch.setattr(kubectl, "run", run)
    return commands


def test_kubectl_never_uses_another_cluster(asked):
    assert Kubectl("kind-x").objects("pods", "acme-qa") == [{"kind": "Pod"}]
    assert asked == ["kubectl get pods --output=json --namespace=acme-qa --context=kind-x"]


def test_no_namespace_means_all_of_them(asked):
    Kubectl("kind-x").objects("pods", "", "--selector=a=b")

    assert asked == ["kubectl get pods --all-namespaces --selector=a=b --output=json --context=kind-x"]


def test_a_command_names_no_namespace_of_its_own(asked):
    Kubectl("kind-x")("version")

    assert asked == ["kubectl version --context=kind-x"]


def test_an_environment_uses_its_namespace(asked, settings):
    cluster = Cluster(settings, "qa")

    cluster("get", "pods")
    cluster("get", "pods", namespace="acme-platform")

    assert asked == [
        "kubectl get pods --namespace=acme-qa --context=kind-acme",
        "kubectl get pods --namespace=acme-platform --context=kind-acme",
    ]


def test_arguments_after_two_dashes_are_for_the_container(asked, settings):
    Cluster(settings, "qa")("exec", "deployment/vote", "--", "ls", "-l")

    assert asked == ["kubectl exec deployment/vote --namespace=acme-qa --context=kind-acme -- ls -l"]


def test_an_answer_that_cannot_be_parsed_is_a_tool_error(monkeypatch):
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: "<html>")

    with pytest.raises(ToolError, match="kubectl get pods: its answer is not readable"):
        Kubectl("kind-x").objects("pods", "acme-qa")
