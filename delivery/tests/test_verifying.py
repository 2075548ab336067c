import inspect
from pathlib import Path

import pytest

from delivery.domain import tags
from delivery.domain.services import ROOT
from delivery.steps import verification

from .samples import KUSTOMIZATION


def objects(host="vote-acme-qa.acme.dev", namespace="acme-qa"):
    rules = [{"host": host}]
    return [
        {"kind": "Ingress", "metadata": {"name": "vote", "namespace": namespace}, "spec": {"rules": rules}}
    ]


TEXT = KUSTOMIZATION.format(strategy="canary")


def test_an_overlay_that_matches_delivery_toml_passes(settings):
    assert verification.strays(settings, "qa", TEXT, objects()) == []


def test_every_difference_is_named(settings):
    text = TEXT.replace("registry.example/acme/vote", "ghcr.io/other/vote")
    found = verification.strays(settings, "qa", text, objects("vote-acme-qa.localhost", "acme-dev"))

    assert found == [
        "images: ghcr.io/other/vote is not registry.example/acme/vote",
        "Ingress vote is not in acme-qa",
        "Ingress vote: vote-acme-qa.localhost is not vote-acme-qa.acme.dev",
    ]


def workload(kind, name, **spec):
    return {"kind": kind, "metadata": {"name": name}, "spec": spec}


CANARY = workload("Rollout", "vote", replicas=5, strategy={"canary": {}})
TRAFFIC = workload("Deployment", "traffic")


@pytest.mark.parametrize(
    ("workloads", "found"),
    [
        ([CANARY, TRAFFIC], []),
        (
            [workload("Rollout", "vote", replicas=5, strategy={"blueGreen": {}}), TRAFFIC],
            ["strategy: blue-green"],
        ),
        ([workload("Deployment", "vote", replicas=5), TRAFFIC], ["strategy: rolling"]),
        ([workload("Rollout", "vote", replicas=3, strategy={"canary": {}}), TRAFFIC], ["replicas: 3"]),
        ([CANARY], ["traffic: False"]),
    ],
)
def test_the_manifests_are_the_environment_that_delivery_toml_declares(settings, workloads, found):
    declared = {"strategy": "canary", "replicas": 5, "traffic": True}

    assert verification.undeclared(settings.environment("qa"), workloads) == [
        f"qa: its {each}, delivery.toml says {declared[each.partition(':')[0]]}" for each in found
    ]


def test_an_environment_without_vote_is_none(settings):
    assert verification.undeclared(settings.environment("qa"), []) == ["qa: its manifests have no vote"]


def test_the_policies_come_from_k8s_and_know_our_tags():
    (pinned,) = [each for each in verification.policies() if each.__name__ == "images_are_pinned"]

    assert Path(inspect.getfile(pinned)) == ROOT / "k8s/policies/pods.py"
    assert pinned.__globals__["TAG"].pattern == tags.TAG.pattern
