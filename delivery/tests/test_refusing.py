"""A deployment that the cluster refuses: main and the cluster return to the state just before it."""

import pytest

from delivery.commands import deploy, rollback
from delivery.domain import overlay
from delivery.domain.errors import ConfigurationError, GateError
from delivery.steps import deployment as steps
from delivery.steps.desired_state import DesiredState

from .fakes import rollout
from .samples import commit, deployed, images, tag_on_main

pytestmark = pytest.mark.servers

OTHER = "bbbbbbb-20260102030406"


@pytest.fixture
def another(origin, deployment, monkeypatch):
    """Somebody deploys OTHER between a deployment's first look at main and its commit."""
    real = steps.commit

    def commit(project, desired, wanted, say):
        monkeypatch.setattr(steps, "commit", real)
        other = origin.project(origin.clone())
        real(other, DesiredState.now(other), deployment(OTHER, commit=""), print)
        return real(project, desired, wanted, say)

    monkeypatch.setattr(steps, "commit", commit)


def refused(project, tag):
    with pytest.raises(ConfigurationError, match=f"the cluster refused {tag}, its commit is reverted"):
        deploy.deploy(project, "qa", tag, print)


def test_main_goes_back_to_a_deployment_that_came_between(origin, project, fakes, tag, another):
    fakes.breaks("refuse-once")

    refused(project, tag)

    assert tag_on_main(origin) == OTHER
    assert [each.tag for each in deployed(origin)] == [OTHER, tag, OTHER]
    assert overlay.tag(fakes.applied) == OTHER


def test_before_is_the_deployment_that_came_between(project, fakes, tag, another, tmp_path):
    deploy.deploy(project, "qa", tag, print)

    assert f"| Before | `{OTHER}` |" in (tmp_path / "summary.md").read_text()


def test_the_previous_release_is_applied_again(project, fakes, tag):
    """The cluster may have applied some of the objects."""
    deploy.deploy(project, "qa", tag, print)
    fakes.runs(rollout(tag))
    fakes.breaks("refuse-once")

    refused(project, f"{tag[:-1]}9")

    assert overlay.images(fakes.applied) == {each.service: each for each in images(tag)}
    assert sum("apply" in line for line in fakes.asked) == 3


def test_a_fresh_overlay_is_not_applied(project, fakes, tag):
    """No registry has the images that it names."""
    fakes.breaks("refuse-once")

    refused(project, tag)

    assert not fakes.applied


def test_manifests_that_break_a_policy_are_no_commit(origin, project, fakes, tag):
    fakes.renders("{kind: ConfigMap, metadata: {name: x, namespace: acme-prod}}")
    before = origin.main("rev-parse", "main")

    with pytest.raises(GateError, match="break a policy: qa: ConfigMap x is not in acme-qa; see"):
        deploy.deploy(project, "qa", tag, print)

    assert origin.main("rev-parse", "main") == before


def test_a_rollback_is_not_checked_against_policies(origin, project, fakes, tag, deployment):
    """A previous release is better than a failing one, even if a newer policy forbids it."""
    commit(project, deployment("fffffff-20250102030405", commit=""), print)
    deploy.deploy(project, "qa", tag, print)
    fakes.runs(rollout(tag, phase="Degraded", stable="fffffff-20250102030405", abort=True))
    fakes.runs(rollout("fffffff-20250102030405"), "next.json")
    fakes.renders("{kind: ConfigMap, metadata: {name: x, namespace: acme-prod}}")

    made, _ = rollback.rollback(project, "qa", "it fails", 30, print)

    assert made.tag == "fffffff-20250102030405"
