"""Each policy catches a real manifest that was changed to violate it."""

import copy

import pytest

from k8s import policies
from k8s.tests.conftest import K8S
from k8s.tests.manifests import egress, of
from k8s.tests.mutants import network, pods, releases, wiring

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]

MUTANTS = pods.MUTANTS | network.MUTANTS | releases.MUTANTS | wiring.MUTANTS


@pytest.fixture(scope="session")
def rendered(render):
    return {name: render(K8S / "overlays" / name) for name in ("qa", "staging")}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_policy_catches_it(rendered, name):
    policy, break_it = MUTANTS[name]
    objects = copy.deepcopy(rendered["qa"])
    assert policy(objects) == []

    break_it(objects)

    assert policy(objects) != []


@pytest.mark.parametrize("value", [True, None])
def test_a_release_that_promotes_itself_is_caught(rendered, value):
    objects = copy.deepcopy(rendered["staging"])

    of(objects, "Rollout", "vote")["spec"]["strategy"]["blueGreen"]["autoPromotionEnabled"] = value

    assert policies.promotion_is_manual(objects) == ["vote"]


def test_a_preview_that_nobody_judges_is_caught(rendered):
    objects = copy.deepcopy(rendered["staging"])

    del of(objects, "Rollout", "vote")["spec"]["strategy"]["blueGreen"]["prePromotionAnalysis"]

    assert policies.releases_are_judged(objects) != []


def test_every_policy_has_a_mutant():
    caught = {policy for policy, _ in MUTANTS.values()} | {policies.promotion_is_manual}

    assert caught == set(policies.ALL)


def test_the_address_of_a_node_local_dns_cache_is_no_stray(rendered):
    objects = copy.deepcopy(rendered["qa"])

    egress(objects, "allow-dns")[0]["to"].append({"ipBlock": {"cidr": "169.254.20.10/32"}})

    assert [policy.__name__ for policy in policies.ALL if policy(objects)] == []
