"""The default branch is read once a command, and again only where a race demands it."""

import pytest

from delivery.adapters.git import Repository
from delivery.commands import deploy, landscape, promote, report, wait
from delivery.steps import watch

from .fakes import rollout

pytestmark = pytest.mark.servers


@pytest.fixture
def fetches(monkeypatch):
    """Every git command that contacts origin."""
    asked = []
    real = Repository._run

    def noted(self, *arguments, **options):
        asked.append(arguments[0])
        return real(self, *arguments, **options)

    monkeypatch.setattr(Repository, "_run", noted)
    monkeypatch.setattr(watch, "PAUSE_S", 0.01)
    return lambda: [each for each in asked if each == "fetch"]


def test_a_deployment_fetches_before_its_commit_and_after_it_is_applied(project, fakes, tag, fetches):
    deploy.deploy(project, "qa", tag, print)

    assert len(fetches()) == 2


def test_a_promotion_fetches_as_often(project, fakes, tag, fetches, monkeypatch):
    deploy.deploy(project, "qa", tag, print)
    fakes.runs(rollout(tag))
    fakes.runs([], "uat.json")
    monkeypatch.setattr("delivery.adapters.pages.errors_on", lambda *_: False)
    before = len(fetches())

    promote.promote(project, "qa", "uat", print)
    assert len(fetches()) - before == 2


def test_commands_that_only_read_fetch_once(project, fakes, tag, fetches):
    deploy.deploy(project, "qa", tag, print)
    fakes.runs(rollout(tag))

    for look in (
        lambda: wait.wait(project, "qa", "healthy", tag=None, seconds=30, say=print),
        lambda: report.report(project, "qa", print, push=False),
        lambda: landscape.renew(project, print, push=False, offline=True),
    ):
        before = len(fetches())
        look()
        assert len(fetches()) - before == 1
