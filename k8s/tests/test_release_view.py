"""The release view in an environment: what it may read, whom it asks, and that no release restarts it."""

import pytest

from delivery.domain.overlay import images
from delivery.domain.services import BESIDE, SERVICES
from k8s import policies
from k8s.policies.objects import named
from k8s.tests.conftest import ENVIRONMENTS, K8S, NAME

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]

SHOWN = ["qa", "staging"]  # a canary, and a preview


@pytest.fixture(params=SHOWN)
def env(request):
    return request.param


@pytest.fixture
def objects(overlay, env):
    return overlay(env, "stage")


def variables(objects) -> dict[str, str]:
    (container,) = named(objects, "Deployment")["stage"]["spec"]["template"]["spec"]["containers"]
    found = {each["name"]: each["value"] for each in container["env"] if "value" in each}
    return {name: value.replace("$(APP_NAME)", found["APP_NAME"]) for name, value in found.items()}


def test_it_keeps_every_policy(objects):
    assert [policy.__name__ for policy in policies.ALL if policy(objects)] == []


def test_it_reads_releases_in_its_namespace_and_no_secrets(objects, env):
    (binding,) = named(objects, "RoleBinding").values()
    rules = named(objects, "Role")[binding["roleRef"]["name"]]["rules"]

    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "stage", "namespace": f"{NAME}-{env}"}]
    assert not {*named(objects, "ClusterRole"), *named(objects, "ClusterRoleBinding")}
    assert rules == [
        {"apiGroups": ["argoproj.io"], "resources": ["analysisruns", "rollouts"], "verbs": ["list", "watch"]},
        {"apiGroups": ["apps"], "resources": ["replicasets"], "verbs": ["list", "watch"]},
        {"apiGroups": ["argoproj.io"], "resources": ["analysistemplates"], "verbs": ["list"]},
        {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses"], "verbs": ["list"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    ]


def test_its_role_does_not_replace_that_of_make_stage(objects, platform):
    assert not named(objects, "Role").keys() & named(platform, "Role").keys()
    assert not named(objects, "RoleBinding").keys() & named(platform, "RoleBinding").keys()


def test_it_asks_the_platforms_apm_and_votes_through_its_traefik(objects, platform):
    found = variables(objects)
    services = {(name, each["metadata"]["namespace"]) for name, each in named(platform, "Service").items()}

    apm, traefik = found["STAGE_APM_URL"].removeprefix("http://"), found["STAGE_FRONT_DOOR"]
    assert {tuple(each.split(".")[:2]) for each in (apm, traefik)} <= services
    assert (apm, traefik) == (f"apm.{NAME}-platform.svc", f"traefik.{NAME}-platform.svc:443")


def test_the_switch_is_hidden(objects):
    assert variables(objects)["STAGE_SWITCH"] == "off"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_deployment_neither_builds_nor_restarts_it(name):
    assert set(BESIDE) < set(SERVICES)
    assert not {*BESIDE} & images((K8S / "overlays" / name / "kustomization.yaml").read_text()).keys()


def test_there_is_one_because_each_sends_votes(objects):
    spec = named(objects, "Deployment")["stage"]["spec"]

    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
