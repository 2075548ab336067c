import inspect
from pathlib import Path

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


def test_what_delivery_toml_says_is_kept(settings):
    assert verification.strays(settings, "qa", TEXT, objects()) == []


def test_every_stray_is_named(settings):
    text = TEXT.replace("registry.example/acme/vote", "ghcr.io/other/vote")
    found = verification.strays(settings, "qa", text, objects("vote-acme-qa.localhost", "acme-dev"))

    assert found == [
        "images: ghcr.io/other/vote is not registry.example/acme/vote",
        "Ingress vote is not in acme-qa",
        "Ingress vote: vote-acme-qa.localhost is not vote-acme-qa.acme.dev",
    ]


def test_an_overlay_is_the_environment_that_delivery_toml_declares(settings):
    vote = {"kind": "Rollout", "metadata": {"name": "vote", "namespace": "acme-qa"}, "spec": {"replicas": 3}}
    text = KUSTOMIZATION.format(strategy="blue-green")

    assert verification.undeclared(settings.environment("qa"), text, [vote]) == [
        "qa: its strategy: blue-green, delivery.toml says canary",
        "qa: its replicas: 3, delivery.toml says 5",
        "qa: its traffic: False, delivery.toml says True",
    ]


def test_the_policies_come_from_k8s_and_know_our_tags():
    (pinned,) = [each for each in verification.policies() if each.__name__ == "images_are_pinned"]

    assert Path(inspect.getfile(pinned)) == ROOT / "k8s/policies/pods.py"
    assert pinned.__globals__["TAG"].pattern == tags.TAG.pattern
