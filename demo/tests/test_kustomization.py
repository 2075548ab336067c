import json

import pytest

from delivery.domain import overlay
from delivery.domain.services import ROOT
from delivery.domain.settings import Settings
from demo import kustomization

OBJECTS = (
    {
        "kind": "Rollout",
        "spec": {"template": {"spec": {"containers": [{"image": "ghcr.io/someone/vote:1"}]}}},
    },
    {
        "kind": "Deployment",
        "spec": {"containers": [{"image": "ghcr.io/someone/worker:1"}, {"image": "redis:8"}]},
    },
)


@pytest.fixture
def rendered(monkeypatch):
    monkeypatch.setattr(kustomization, "rendered", lambda folder: OBJECTS)


def test_images_are_found_anywhere_in_the_objects():
    assert kustomization.images(OBJECTS) == {"ghcr.io/someone/vote:1", "ghcr.io/someone/worker:1", "redis:8"}


def test_our_images_are_recognised_by_service():
    assert kustomization.ours(OBJECTS) == {"vote": "ghcr.io/someone/vote", "worker": "ghcr.io/someone/worker"}
    assert kustomization.third_party(OBJECTS) == {"redis:8"}


def test_our_images_are_found_by_service(rendered):
    assert kustomization.our_images() == {"vote": "ghcr.io/someone/vote", "worker": "ghcr.io/someone/worker"}


def generated(**changes) -> dict:
    settings = {"port": 8443, "fast": True, "extra": {}, "running": {}}
    return kustomization.generated("qa", "1234567-20260102030405", **settings | changes)


def test_the_generated_overlay_is_the_repositorys_with_a_tag(rendered):
    content = generated()

    own = overlay.load((ROOT / overlay.path("qa")).read_text())
    assert content["components"] == [*own["components"], "../../components/fast"]
    assert [(each["name"], each["newTag"]) for each in content["images"]] == [
        (each["name"], "1234567-20260102030405") for each in own["images"]
    ]
    assert {key for key in own if content[key] != own[key]} == {"components", "images"}


@pytest.mark.parametrize(
    ("running", "tag"),
    [({}, "1234567-20260102030405"), ({"stage": "7654321-20260101000000"}, "7654321-20260101000000")],
    ids=["at first", "in each later release"],
)
def test_a_service_beside_the_release_keeps_its_first_tag(monkeypatch, running, tag):
    """Its component names an image that no local cluster has."""
    view = {"kind": "Deployment", "spec": {"containers": [{"image": "ghcr.io/someone/stage:1"}]}}
    monkeypatch.setattr(kustomization, "rendered", lambda folder: (*OBJECTS, view))

    images = generated(running=running)["images"]

    assert images[-1] == {"name": "ghcr.io/someone/stage", "newTag": tag}


def test_without_fast_no_component_is_added(rendered):
    assert "../../components/fast" not in generated(fast=False)["components"]


def test_another_port_is_in_every_url(rendered):
    (config,) = generated(port=9443)["configMapGenerator"]

    assert config["literals"] == [
        f"{each.upper()}_URL=https://{each}-{Settings.from_file(ROOT).name}-qa.localhost:9443"
        for each in ("vote", "result")
    ]


def config(url):
    return {"configMapGenerator": [{"name": "config", "literals": [f"VOTE_URL={url}", "X=1"]}]}


def ingress(host):
    return ({"kind": "Ingress", "metadata": {"name": "vote"}, "spec": {"rules": [{"host": host}]}},)


@pytest.mark.parametrize(
    ("hostname", "url"),
    [
        ("acme.dev", "https://vote-acme-qa.acme.dev"),
        ("acme.dev", "https://vote-acme-qa.acme.dev:444"),
        ("localhost", "https://vote-acme-qa.localhost:8444"),
    ],
)
def test_the_urls_of_a_fork_become_local(hostname, url):
    (changed,) = kustomization.addresses(config(url), hostname, 8443)

    assert changed["literals"] == ["VOTE_URL=https://vote-acme-qa.localhost:8443", "X=1"]


def test_a_copy_has_no_other_overlay_than_the_repositorys(rendered, tmp_path):
    folder = kustomization.copied("qa", generated(), tmp_path)

    assert folder == (tmp_path / overlay.path("qa")).parent
    assert overlay.load((folder / "kustomization.yaml").read_text()) == generated()
    assert (tmp_path / overlay.path("dev")).read_text() == (ROOT / overlay.path("dev")).read_text()


def test_ingress_hosts_become_local():
    (patch,) = kustomization.hosts(ingress("vote-acme-qa.acme.dev"), "acme.dev")

    assert patch["target"] == {"kind": "Ingress", "name": "vote"}
    assert json.loads(patch["patch"]) == [
        {"op": "replace", "path": "/spec/rules/0/host", "value": "vote-acme-qa.localhost"}
    ]


@pytest.mark.parametrize("url", ["https://vote-acme-qa.localhost:8443", "https://acme.developers.example/x"])
def test_local_and_other_urls_stay(url):
    for hostname in ("localhost", "acme.dev"):
        assert kustomization.addresses(config(url), hostname, 8443) == config(url)["configMapGenerator"]
    assert kustomization.hosts(ingress("vote-acme-qa.localhost"), "localhost") == []


def test_extra_patches_are_added(rendered):
    patch = {"target": {"kind": "Rollout"}, "patch": "[]"}

    assert generated(extra={"patches": [patch]})["patches"][-1] == patch


def test_kind_maps_the_port_that_is_replaced():
    assert f"hostPort: {kustomization.PORT}" in (kustomization.K8S / "platform/kind.yaml").read_text()
