import json
from contextlib import nullcontext

import pytest
from rich.console import Console

from delivery.adapters.kubectl import Kubectl
from delivery.domain.errors import ConfigurationError, TimedOutError
from demo import cluster, machine, reset
from demo.environment import Environment
from demo.findings import Finding


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


def test_a_reset_builds_what_the_node_lacks_before_anything_is_deployed(node, monkeypatch, healthy):
    node.there.remove("example.com/apm:1111111-1")
    monkeypatch.setattr(reset.up, "require_tools", lambda: None)
    monkeypatch.setattr(reset, "revived", lambda _: True)
    monkeypatch.setattr(cluster.Cluster, "existing", cluster.Cluster)
    monkeypatch.setattr(cluster.Cluster, "platform", lambda _, tag: deployed.append(tag in node.tags("apm")))
    for name in ("errors_off", "finish_deletions", "settled", "stop_others"):
        monkeypatch.setattr(reset, name, lambda *_: None)
    monkeypatch.setattr(Environment, "deployed", True)
    monkeypatch.setattr(Environment, "look", lambda _: healthy)
    monkeypatch.setattr(Environment, "heal", lambda _, **__: healthy)
    monkeypatch.setattr(Environment, "wait_for_pages", lambda _: None)
    deployed = []

    reset.reset(cluster.Cluster("acme"), "qa", Console(quiet=True), fast=True)

    assert deployed == [True]
    assert node.built == {"apm"}


@pytest.mark.parametrize(("wrong", "ends"), [(machine.VIEW, True), ("workloads", False)])
def test_a_reset_ends_although_another_program_has_the_port_of_the_view(monkeypatch, wrong, ends):
    monkeypatch.setattr(reset.check, "findings", lambda *_: iter([Finding(wrong, "no", "do this")]))
    env = Environment(cluster.Cluster("acme"), "qa")

    with nullcontext() if ends else pytest.raises(TimedOutError, match="workloads: no"):
        reset.settled(env, seconds=0.01)
