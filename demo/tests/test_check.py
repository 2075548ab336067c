"""Each check of `make stage-check` says what it found, and how to fix it."""

import time

import pytest

from delivery.adapters.kubectl import Kubectl
from delivery.adapters.process import ToolError
from delivery.domain.errors import ConfigurationError, GateError
from demo import __main__ as commands
from demo import check, up
from demo.check import Checks
from demo.cluster import Cluster
from demo.environment import Environment
from demo.findings import Finding, Problem, finding
from demo.machine import Machine


@pytest.fixture
def qa(monkeypatch):
    """The checks of qa, whose node answers with these texts by the program's name."""
    says: dict[str, str] = {}
    monkeypatch.setattr(Cluster, "bound_port", lambda _: 8443)
    monkeypatch.setattr(Machine, "on_node", lambda _, program, *__: says[program])
    return Checks("acme", "qa"), says


def test_an_error_is_found_with_the_usual_fix():
    def broken():
        raise ToolError("kubectl get:\nconnection refused")

    assert finding("x", broken, "do this") == Finding("x", "kubectl get: connection refused", "do this")
    assert finding("x", lambda: "fine", "do this") == Finding("x", "fine")


def test_a_problem_is_found_with_its_own_fix_or_the_usual_one():
    def wrong(*said):
        raise Problem(*said)

    assert finding("x", lambda: wrong("no"), "do this") == Finding("x", "no", "do this")
    assert finding("x", lambda: wrong("no", "or that"), "do this") == Finding("x", "no", "or that")


@pytest.mark.parametrize(
    ("name", "program", "text", "said"),
    [
        (
            "disk",
            "df",
            "Filesystem 1024-blocks Used Available\n/dev/x 9 9 1048576 99% /var",
            ("1.0 GiB free", "docker builder prune"),  # not what stopped: it may be a node
        ),
        ("memory", "cat", "MemTotal: 4 kB\nMemAvailable: 524288 kB", ("0.5 GiB available", "close other")),
        ("clock", "date", "1.5", ("off by", "restart Docker")),
    ],
)
def test_a_node_that_has_too_little_or_slept(qa, name, program, text, said):
    checks, says = qa
    says[program] = text

    (found,) = [finding(*each) for each in checks.machine.all() if each[0] == name]

    assert said[0] in found.found
    assert found.fix.startswith(said[1])


def test_a_node_that_has_enough(qa):
    checks, says = qa
    says.update(
        df="Filesystem 1024-blocks Used Available\n/dev/x 9 9 4194304 1% /var",
        cat="MemAvailable: 2097152 kB",
        date=f"{time.time():.9f}",
    )

    assert checks.machine.disk() == "4.0 GiB free"
    assert checks.machine.memory() == "2.0 GiB available"
    assert checks.machine.clock() == "the node's clock is right"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"errorRate": None, "requests": 0}, "0 requests in a minute"),
        ({"errorRate": 2.0, "requests": 100}, "2.0 % of 100 requests failed"),
        ({"errorRate": 1.9, "requests": 100}, ""),
    ],
)
def test_the_error_rate_is_held_to_the_limits_of_the_analysis(qa, monkeypatch, state, answer, problem):
    checks, _ = qa
    limits = {"error-threshold": "2", "min-requests": "10"}
    monkeypatch.setattr(check.kustomization, "error_rate", lambda _: limits)
    monkeypatch.setattr(Environment, "look", lambda _: state())
    monkeypatch.setattr(Checks, "proxied", lambda *_: answer)

    if problem:
        with pytest.raises(Problem, match=problem):
            checks.error_rate()
    else:
        assert checks.error_rate() == "1.9 % of 100 requests failed in the last minute"


def test_a_rollout_under_way_is_no_start(qa, monkeypatch, state, healthy):
    checks, _ = qa
    monkeypatch.setattr(Environment, "look", lambda _: state())
    with pytest.raises(Problem, match="qa is Paused with 2222222-2"):
        checks.rollout()

    monkeypatch.setattr(Environment, "look", lambda _: healthy)
    assert checks.rollout() == "qa is Healthy on 1111111-1"


def test_nothing_else_is_checked_without_docker(monkeypatch):
    def away(_):
        raise ToolError("Docker does not answer")

    monkeypatch.setattr(Machine, "programs", lambda _: "installed")
    monkeypatch.setattr(Machine, "docker", away)

    assert list(check.findings("acme", "qa")) == [
        Finding("programs", "installed"),
        Finding("Docker", "Docker does not answer", "start Docker"),
    ]


def test_a_missing_program_is_found_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(up.shutil, "which", lambda name: None if name == "kind" else f"/bin/{name}")

    (found,) = check.findings("acme", "qa")

    assert (found.what, found.found) == ("programs", "kind is not on the PATH")
    assert found.fix.startswith("install it: http")


def test_an_environment_that_does_not_exist_is_no_finding():
    with pytest.raises(ConfigurationError, match="it is one of"):
        list(check.findings("acme", "prod"))


def test_the_command_prints_a_line_each_and_refuses(monkeypatch, capsys):
    found = [Finding("Docker", "28.2.2"), Finding("error switch", "it is ON", "make stage-reset")]
    monkeypatch.setattr(check, "findings", lambda *_, **__: iter(found))

    with pytest.raises(GateError, match="the demo would fail: error switch"):
        commands.stage_check(env="qa", name="acme", stage_port="8500")

    assert capsys.readouterr().out == "ok  Docker: 28.2.2\nNO  error switch: it is ON -> make stage-reset\n"


@pytest.mark.parametrize("lacking", ["serviceaccount", "rolebinding", ""])
def test_a_cluster_from_before_the_release_view_gets_its_account_and_nothing_else(qa, monkeypatch, lacking):
    def kubectl(self, verb, kind, name, **_):
        if kind == lacking:
            raise ToolError("kubectl get failed", f'{kind}s "{name}" not found')
        return ""

    monkeypatch.setattr(Kubectl, "__call__", kubectl)
    checks, _ = qa

    if not lacking:
        assert checks.release_view() == "its account may read the cluster"
        return
    with pytest.raises(Problem) as raised:
        checks.release_view()
    assert raised.value.args == (
        "the cluster has no account for make stage",
        "kubectl apply -k k8s/platform -l app.kubernetes.io/component=release-view --context=kind-acme",
    )


def test_a_release_that_lacks_an_image_is_found_with_a_fix_that_builds_it(qa, node, monkeypatch, healthy):
    checks, _ = qa
    monkeypatch.setattr(Environment, "look", lambda _: healthy)
    assert checks.images() == "on the node as 1111111-1"

    node.there.remove("example.com/apm:1111111-1")
    (said,) = [finding(*each) for each in checks.all() if each[0] == "images"]
    assert said == Finding("images", "the node has no apm:1111111-1", "make stage-reset")
