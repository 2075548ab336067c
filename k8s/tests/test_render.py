"""Every overlay, and every component on dev, renders and meets every policy; no cluster is needed."""

import pytest

from delivery.domain.services import DEPLOYED
from k8s import policies
from k8s.policies.objects import named
from k8s.tests.conftest import ENVIRONMENTS, K8S, NAME

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]

COMPONENTS = sorted(path.parent.name for path in K8S.glob("components/*/kustomization.yaml"))
# dev already has ingress. analysis and rollout have no strategy: canary and blue-green include them.
# new-relic needs an analysis, and dev has none.
ON_DEV = sorted({*COMPONENTS} - {"analysis", "ingress", "rollout", "new-relic"})


def test_every_environment_has_its_overlay():
    assert {path.parent.name for path in K8S.glob("overlays/*/kustomization.yaml")} == {*ENVIRONMENTS}


@pytest.mark.parametrize("policy", policies.ALL, ids=lambda policy: policy.__name__)
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_overlay_keeps_every_policy(overlay, name, policy):
    assert policy(overlay(name)) == []


@pytest.mark.parametrize("policy", policies.ALL, ids=lambda policy: policy.__name__)
@pytest.mark.parametrize("component", ON_DEV)
def test_every_component_on_dev_keeps_every_policy(overlay, component, policy):
    assert policy(overlay("dev", component)) == []


@pytest.mark.parametrize("component", ["new-relic", "ingress-controller", "alb"])
@pytest.mark.parametrize("name", ["qa", "staging"])
def test_a_way_in_or_out_keeps_every_policy(overlay, name, component):
    assert [policy.__name__ for policy in policies.ALL if policy(overlay(name, component))] == []


@pytest.mark.parametrize("policy", policies.ALL, ids=lambda policy: policy.__name__)
def test_the_platform_keeps_every_policy(platform, policy):
    assert policy(platform) == []


@pytest.mark.parametrize("folder", COMPONENTS)
def test_every_component_says_what_it_adds(folder):
    assert (K8S / "components" / folder / "README.md").is_file()


def test_our_own_images_are_pulled_with_a_secret(overlay):
    accounts = named(overlay("qa", "pull-secret"), "ServiceAccount")
    pulled = {name: account.get("imagePullSecrets") for name, account in accounts.items()}
    ours = {*DEPLOYED}
    assert {name for name, secrets in pulled.items() if secrets} == ours
    assert all(pulled[name] == [{"name": f"{NAME}-registry"}] for name in ours)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_overlay_stays_in_its_namespace_and_says_which_it_is(overlay, name):
    for thing in overlay(name):
        assert thing["metadata"]["namespace"] == f"{NAME}-{name}"
        assert thing["metadata"]["labels"]["environment"] == name


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_denies_both_ways_first(overlay, name):
    deny = named(overlay(name), "NetworkPolicy")["default-deny"]["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
