"""The platform: its namespaces, and what its accounts may read."""

from itertools import pairwise

import pytest
from ruamel.yaml import YAML

from demo import access
from k8s.policies.objects import WORKLOADS, named
from k8s.tests.conftest import ENVIRONMENTS, K8S, NAME

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]


WATCHED = "--providers.kubernetesingress.namespaces="


def test_namespaces_enforce_restricted(platform):
    namespaces = named(platform, "Namespace")

    assert set(namespaces) == {f"{NAME}-{name}" for name in [*ENVIRONMENTS, "platform"]}
    for namespace in namespaces.values():
        assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_platform_reads_every_environment_and_nothing_else(platform):
    environments = {f"{NAME}-{name}" for name in ENVIRONMENTS}
    deployments, bound = named(platform, "Deployment"), {}
    for each in platform:
        if each["kind"] == "RoleBinding":
            (account,) = each["subjects"]
            assert account["namespace"] == f"{NAME}-platform"
            bound.setdefault(account["name"], set()).add(each["metadata"]["namespace"])
    (traefik,) = deployments["traefik"]["spec"]["template"]["spec"]["containers"]
    (watched,) = [each for each in traefik["args"] if each.startswith(WATCHED)]

    assert bound == {"traefik": environments, "stage": {*environments, f"{NAME}-platform"}}
    assert {*watched.removeprefix(WATCHED).split(",")} == environments


def test_the_release_view_only_reads_and_no_secrets(platform):
    rules = [
        rule
        for each in platform
        if each["kind"] == "Role" and each["metadata"]["name"] == "stage"
        for rule in each["rules"]
    ]

    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert not {"*", "secrets", "configmaps"} & {what for rule in rules for what in rule["resources"]}


def test_one_label_selects_the_account_of_the_release_view_and_nothing_else(platform):
    """`kubectl apply -k k8s/platform -l LABEL` adds it to a cluster, and leaves apm and its image alone."""
    key, value = access.LABEL.split("=")
    selected = [each for each in platform if each["metadata"].get("labels", {}).get(key) == value]

    found = {(each["kind"], each["metadata"]["name"], each["metadata"]["namespace"]) for each in selected}

    namespaces = [f"{NAME}-{name}" for name in [*ENVIRONMENTS, "platform"]]
    rights = {(kind, access.ACCOUNT, each) for kind in ("Role", "RoleBinding") for each in namespaces}
    assert found == {("ServiceAccount", access.ACCOUNT, f"{NAME}-platform"), *rights}


def test_prometheus_finds_the_pods_of_every_environment_by_their_label(platform, render):
    (scraped,) = [each for each in platform if "prometheus.yaml" in each.get("data", {})]
    (job,) = YAML(typ="safe").load(scraped["data"]["prometheus.yaml"])["scrape_configs"]
    (pods,) = job["kubernetes_sd_configs"]
    key, value = pods["selectors"][0]["label"].split("=")

    assert "namespaces" not in pods
    for name in ENVIRONMENTS:
        for each in render(K8S / "overlays" / name):
            if each["kind"] in WORKLOADS:
                assert each["spec"]["template"]["metadata"]["labels"][key] == value


def test_a_drained_node_leaves_what_analyses_ask(platform):
    deployments, budgets = named(platform, "Deployment"), named(platform, "PodDisruptionBudget")

    assert deployments["apm"]["spec"]["replicas"] > budgets["apm"]["spec"]["maxUnavailable"]
    assert budgets["prometheus"]["spec"]["minAvailable"] == deployments["prometheus"]["spec"]["replicas"]


def asked(objects):
    """The CPU that the pods request, in thousandths of a core."""
    total = 0
    for thing in objects:
        if thing["kind"] in WORKLOADS:
            for container in thing["spec"]["template"]["spec"]["containers"]:
                cpu = container["resources"]["requests"]["cpu"]
                assert cpu.endswith("m")
                total += thing["spec"]["replicas"] * int(cpu.removesuffix("m"))
    return total


@pytest.mark.parametrize(("source", "target"), list(pairwise(ENVIRONMENTS)))
def test_a_promotion_fits_on_two_cores(overlay, platform, source, target):
    """Both environments run at once. Kubernetes itself requests half of the cores, and a rollout a little."""
    assert 0 < asked([*platform, *overlay(source), *overlay(target)]) <= 900
