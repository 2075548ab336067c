from dataclasses import replace

import pytest

from delivery.domain import contexts
from delivery.domain.errors import ConfigurationError

ARN = "arn:aws:eks:us-west-2:123456789012:cluster/acme"
OTHER = "arn:aws:eks:us-west-2:123456789012:cluster/production"


def kubeconfig(current, **clusters):
    """A kubeconfig with these contexts, each with what it calls its cluster."""
    named = [
        {"name": name, "context": {"cluster": cluster, "user": "me"}} for name, cluster in clusters.items()
    ]
    return {"current-context": current, "contexts": named}


@pytest.fixture
def eks(settings):
    return replace(settings, connect="aws")


@pytest.fixture
def any_cluster(settings):
    return replace(settings, connect="kubeconfig")


@pytest.mark.parametrize("cluster", [ARN, ARN.replace("aws:", "aws-us-gov:", 1), "acme.us-west-2.eksctl.io"])
def test_a_context_of_eks_is_found_by_its_cluster_whatever_its_name(eks, cluster):
    assert contexts.context(eks, kubeconfig("mine", mine=cluster, other=OTHER)) == "mine"


def test_the_current_context_of_another_cluster_is_not_used(eks):
    assert contexts.context(eks, kubeconfig("other", mine=ARN, other=OTHER)) == "mine"


@pytest.mark.parametrize("cluster", [OTHER, ARN.replace("west", "east"), f"{ARN}-2", "kind-acme", "acme"])
def test_without_a_matching_context_no_cluster_is_used(eks, cluster):
    with pytest.raises(
        ConfigurationError,
        match="kubectl has no context for the cluster acme, kubectl's current context is mine; "
        "create it: aws eks update-kubeconfig --name acme --region us-west-2",
    ):
        contexts.context(eks, kubeconfig("mine", mine=cluster))


@pytest.mark.parametrize("config", [{}, {"contexts": None, "current-context": ""}])
def test_an_empty_kubeconfig_has_no_context(any_cluster, config):
    with pytest.raises(ConfigurationError, match="has no current context; set cluster in delivery"):
        contexts.context(any_cluster, config)


@pytest.mark.parametrize(("name", "cluster"), [("acme", "kubernetes"), ("admin", "acme")])
def test_other_clusters_are_found_by_their_name_or_their_context(any_cluster, name, cluster):
    config = kubeconfig("production", production="production", **{name: cluster})

    assert contexts.context(any_cluster, config) == name


def test_of_several_contexts_the_current_one_is_used_or_the_user_must_choose(eks):
    assert contexts.context(eks, kubeconfig("b", a=ARN, b=ARN)) == "b"
    with pytest.raises(
        ConfigurationError, match=r"2 contexts .* acme: a, b; choose one: kubectl config use-context"
    ):
        contexts.context(eks, kubeconfig("other", a=ARN, b=ARN, other=OTHER))
