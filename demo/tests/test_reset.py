import json

import pytest

from delivery.adapters.kubectl import Kubectl
from delivery.domain.errors import ConfigurationError
from demo import cluster, machine, reset


def test_a_cluster_of_somebody_else_is_neither_started_nor_deleted(monkeypatch):
    asked = []

    def run(*command, **_):
        asked.append(" ".join(command[:2]))
        return "acme\n" if command[0] == "kind" else "{}"

    for module in (cluster, machine, reset):
        monkeypatch.setattr(module, "run", run)

    with pytest.raises(ConfigurationError, match="CLUSTER_NAME"):
        reset.revived("acme")

    assert asked == ["kind get", "docker inspect"]


@pytest.mark.parametrize(
    ("status", "verb"), [("paused", "unpause"), ("exited", "start"), ("running", "start")]
)
def test_nodes_that_are_paused_or_stopped_run_again(monkeypatch, status, verb):
    asked = []

    def run(*command, **_):
        asked.append(command)
        if "{{.State.Status}}" in command:
            return f"{status}\n"
        return json.dumps({cluster.TRAEFIK: [{"HostPort": "1"}]}) if command[1] == "inspect" else "acme\n"

    for module in (cluster, machine, reset):
        monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(Kubectl, "__call__", lambda *_, **__: "ok")

    assert reset.revived("acme")
    assert ("docker", verb, "acme") in asked
