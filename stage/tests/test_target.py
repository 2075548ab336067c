"""What a namespace has to follow, from a real HTTP server that speaks the Kubernetes API."""

import pytest

from stage.sources import SourceError
from stage.target import arguments, discover

from .kubernetes import Kubernetes, environment
from .servers import Direct, serving

pytestmark = pytest.mark.servers


@pytest.fixture
def kubernetes():
    with serving(Kubernetes()) as server:
        server.look(2)
        yield server


def test_the_cluster_says_what_there_is_to_follow(kubernetes):
    kubernetes.lists |= environment()

    found = discover(Direct(kubernetes), "shop-qa")

    assert (found.strategy, found.threshold, found.namespace) == ("canary", 2.0, "shop-qa")
    assert (found.question.app, found.question.env, found.question.window) == ("shop-vote", "qa", "5m")
    assert (found.users, found.second) == (
        "https://vote-shop-qa.localhost",
        "https://vote-shop-qa-canary.localhost",
    )


def test_a_namespace_with_a_preview_has_its_address(kubernetes):
    kubernetes.lists |= environment("vote-preview")
    rollout = next(iter(kubernetes.kinds["rollouts"].values()))
    kubernetes.put(rollout | {"kind": "Rollout", "spec": rollout["spec"] | {"strategy": {"blueGreen": {}}}})

    found = discover(Direct(kubernetes), "shop-qa")

    assert (found.strategy, found.second) == ("blue-green", "https://vote-shop-qa-preview.localhost")


@pytest.mark.parametrize("lacking", ["rollouts", "ingresses", "analysistemplates"])
def test_a_namespace_without_all_of_it_cannot_be_shown(kubernetes, lacking):
    kubernetes.lists |= environment()
    (kubernetes.kinds if lacking == "rollouts" else kubernetes.lists)[lacking].clear()

    with pytest.raises(SourceError, match=r"no canary or preview|no AnalysisTemplate"):
        discover(Direct(kubernetes), "shop-qa")


@pytest.mark.parametrize("spec", [{"rules": [{"http": {}}]}, {"rules": []}, {"defaultBackend": {}}])
def test_an_ingress_without_a_host_is_passed_over(kubernetes, spec):
    kubernetes.lists |= environment()
    theirs = {"metadata": {"name": "theirs"}, "spec": spec}
    kubernetes.lists["ingresses"].insert(0, theirs)
    assert discover(Direct(kubernetes), "shop-qa").users == "https://vote-shop-qa.localhost"

    kubernetes.lists["ingresses"][1]["spec"] = spec
    with pytest.raises(SourceError, match="no canary or preview"):
        discover(Direct(kubernetes), "shop-qa")


def test_the_threshold_is_that_of_the_cluster():
    health = {"spec": {"args": [{"name": "service-name"}]}}
    args = [
        {"name": "namespace"},
        {"name": "error-threshold", "value": "2"},
        {"name": "window", "value": "5m"},
    ]

    assert arguments([health, {"spec": {"args": args}}])["error-threshold"] == "2"
    with pytest.raises(SourceError, match="no AnalysisTemplate"):
        arguments([health])
