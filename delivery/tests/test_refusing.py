"""A deployment that the cluster refuses: main and the cluster go back to what was there just before it."""

import pytest

from delivery import deploying, overlay
from delivery.errors import ConfigurationError

from .conftest import images
from .fakes import rollout
from .test_deploying import deployed, tag_on_main

pytestmark = pytest.mark.servers

OTHER = "bbbbbbb-20260102030406"


@pytest.fixture
def another(origin, deployment, monkeypatch):
    """Somebody deploys OTHER between a deployment's first look at main and its commit."""
    real = deploying.commit

    def commit(project, wanted, say):
        monkeypatch.setattr(deploying, "commit", real)
        real(origin.project(origin.clone()), deployment(OTHER, commit=""), print)
        return real(project, wanted, say)

    monkeypatch.setattr(deploying, "commit", commit)


def refused(project, tag):
    with pytest.raises(ConfigurationError, match=f"the cluster refused {tag}, its commit is reverted"):
        deploying.deploy(project, "qa", tag, print)


def test_main_goes_back_to_a_deployment_that_came_between(origin, project, fakes, tag, another):
    fakes.breaks("refuse-once")

    refused(project, tag)

    assert tag_on_main(origin) == OTHER
    assert [each.tag for each in deployed(origin)] == [OTHER, tag, OTHER]
    assert overlay.tag(fakes.applied) == OTHER


def test_before_is_the_deployment_that_came_between(project, fakes, tag, another, tmp_path):
    deploying.deploy(project, "qa", tag, print)

    assert f"| Before | `{OTHER}` |" in (tmp_path / "summary.md").read_text()


def test_what_ran_before_is_applied_again(project, fakes, tag):
    """The cluster may have taken some of the objects."""
    deploying.deploy(project, "qa", tag, print)
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
