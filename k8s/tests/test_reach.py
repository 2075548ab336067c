"""The table of who reaches whom in k8s/README.md matches the manifests."""

import copy

import pytest

from delivery.domain.services import DEPLOYED
from k8s.policies.objects import named
from k8s.policies.reach import Pod, allows, selects, started
from k8s.policies.reach_table import markdown, table
from k8s.tests.conftest import ENVIRONMENTS, K8S, NAME

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]

README = K8S / "README.md"
BEGIN, END = "<!-- reach: written by make manifests ARGS=--write -->\n", "<!-- /reach -->\n"


@pytest.fixture(scope="session")
def everything(platform, overlay):
    """The objects of QA with the release view, and of the platform, from which the table is computed."""
    return [*platform, *overlay("qa", "stage")]


def test_the_table_in_the_readme_is_what_the_manifests_say(everything, pytestconfig):
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    said, _, after = rest.partition(END)
    wanted = f"\n{markdown(table(everything))}\n"
    if pytestconfig.getoption("write"):
        README.write_text(f"{before}{BEGIN}{wanted}{END}{after}", encoding="utf-8")
        said = wanted

    assert said == wanted, "write it again: make manifests ARGS=--write"


def test_each_role_reaches_what_it_works_with_and_nothing_else(everything):
    reached = {role: {name for name, yes in row.items() if yes} for role, row in table(everything).items()}

    assert reached["vote"] == {"redis"}
    assert reached["worker"] == {"redis", "postgres"}
    assert reached["result"] == {"postgres"}
    assert reached["traffic"] == {"vote"}
    assert reached["analysis"] == {"vote", "apm"}
    assert reached["a stranger in its namespace"] == set()
    assert reached["apm"] == {"prometheus"}
    assert reached["a stranger in the platform"] == set()
    assert reached["a stranger elsewhere"] == {"the API"}
    assert reached["traefik"] == {"vote", "result", "stage", "the API"}
    assert reached["prometheus"] == {*DEPLOYED, "stage", "the API"}
    assert reached["stage"] == {"apm", "the API"}


def test_the_release_view_votes_through_the_front_door(everything):
    pods = started(everything)

    assert allows(everything, pods["stage"], pods["traefik"], pods["traefik"].ports["https"])
    assert not allows(everything, pods["stage"], pods["traefik"], pods["traefik"].ports["ping"])


def test_environments_do_not_reach_each_other(render, everything):
    staging = render(K8S / "overlays/staging")
    objects, one, other = [*everything, *staging], started(everything), started(staging)

    assert allows(objects, one["vote"], one["redis"], 6379)
    assert not allows(objects, one["vote"], other["redis"], 6379)
    assert not allows(objects, other["vote"], one["redis"], 6379)


@pytest.mark.parametrize(("policy", "way"), [("vote", "egress"), ("redis", "ingress")])
def test_both_ends_must_allow_a_connection(everything, policy, way):
    objects = copy.deepcopy(everything)
    pods = started(objects)
    assert allows(objects, pods["vote"], pods["redis"], 6379)

    named([each for each in objects if each["metadata"].get("namespace") == f"{NAME}-qa"], "NetworkPolicy")[
        policy
    ]["spec"][way] = []

    assert not allows(objects, pods["vote"], pods["redis"], 6379)


def test_another_port_is_not_allowed(everything):
    pods = started(everything)

    assert not allows(everything, pods["vote"], pods["redis"], 6380)


def test_pods_without_a_policy_reach_each_other():
    assert allows([], Pod("a", {}), Pod("b", {}), 80)


@pytest.mark.parametrize("labels", [{"app": "vote"}, {"app": "result"}])
def test_a_selector_may_list_values(labels):
    selector = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["vote", "result"]}]}

    assert selects(selector, labels)
    assert not selects(selector, {"app": "redis"})


def test_a_selector_that_is_not_understood_is_no_match_and_no_pass():
    with pytest.raises(ValueError, match="NotIn"):
        selects({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["vote"]}]}, {})


def test_every_environment_has_the_same_policies_for_the_same_pods(overlay, everything):
    """The table is computed from QA, so the same pods must have the same policies elsewhere."""
    platform = [each for each in everything if each["metadata"].get("namespace") != f"{NAME}-qa"]
    said = table(everything)
    for name in ENVIRONMENTS:
        objects = [*platform, *overlay(name, "stage")]
        pods = started(objects)
        if {"traffic", "analysis"} <= pods.keys():
            assert table(objects) == said
