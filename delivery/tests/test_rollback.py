import pytest

from delivery.domain import rollback
from delivery.domain.errors import GateError

from .samples import images

A, B, C = (f"{c * 7}-20260102030405" for c in "abc")


def tags(deployment, *newest_first, **back):
    """Deployments of tags; `b=C` says that the one of B was a rollback of C."""
    return [deployment(each, rollback_of=back.get(each[0], "")) for each in newest_first]


def test_the_cluster_s_stable_release_comes_first(deployment):
    found = rollback.target(tags(deployment, C, B, A), current=C, stable=A)

    assert found.tag == A


def test_a_healthy_release_goes_back_to_the_one_before(deployment):
    assert rollback.target(tags(deployment, C, B, A), current=C, stable=C).tag == B


def test_rolled_back_deployments_are_skipped(deployment):
    deployed = tags(deployment, B, C, B, A, b=C)

    assert rollback.target(deployed, current=B, stable=B).tag == A


def test_a_release_that_was_deployed_again_after_its_rollback_is_valid(deployment):
    """B was rolled back once and deployed again; then C was bad."""
    deployed = [deployment(C), deployment(B), deployment(A, rollback_of=B), deployment(B), deployment(A)]

    assert rollback.target(deployed, current=C, stable=C).tag == B


def test_the_same_tag_twice_is_not_the_one_before(deployment):
    assert rollback.target(tags(deployment, C, C, B), current=C, stable="").tag == B


def test_a_stable_release_unknown_to_git_is_skipped(deployment):
    assert rollback.target(tags(deployment, C, B), current=C, stable=A).tag == B


def test_images_without_digests_are_skipped(deployment):
    """A first deployment that the cluster refused leaves a commit back to the overlay's first images."""
    fresh = deployment("0000000-20260101000000", images=images("0000000-20260101000000", digest=""))

    with pytest.raises(GateError):
        rollback.target([*tags(deployment, C), fresh], current=C, stable=C)


@pytest.mark.parametrize("known", [[C], []])
def test_the_first_deployment_has_no_target(deployment, known):
    with pytest.raises(GateError, match="there is none to roll back to"):
        rollback.target(tags(deployment, *known), current=C, stable=C)


def test_one_tag_with_two_configurations_is_two_releases(deployment):
    tree = ["1" * 40, "2" * 40]
    deployed = [deployment(A, manifests=tree[1]), deployment(A, manifests=tree[0])]

    assert rollback.target(deployed, current=A, stable="").manifests == tree[0]
    assert rollback.target(deployed, current=A, stable=A).manifests == tree[0]


def test_a_refused_rollback_removes_no_target(deployment):
    """From B to A; the cluster refused A, so B was restored, and it can be taken back later."""
    a, b = (deployment(tag, commit=digit * 40) for tag, digit in ((A, "1"), (B, "2")))
    back = deployment(A, commit="3" * 40, rollback_of=B, restores=a.commit)
    again = deployment(B, commit="4" * 40, rollback_of=A, restores=b.commit)

    assert rollback.target([again, back, b, a], current=B, stable=B).tag == A
