"""Who a deployment is credited to, from git and GitHub Actions to dashboard, summary and report."""

from dataclasses import replace

import pytest

from delivery.adapters import pages
from delivery.adapters.git import Repository
from delivery.commands import deploy, promote, rollback
from delivery.domain import history
from delivery.domain.attribution import people, source
from delivery.domain.observation_log import ObservationLog
from delivery.domain.report import merging, record
from delivery.output import dashboard, summary
from delivery.output.report import markdown
from delivery.steps import watch

from .fakes import rollout
from .samples import ADA, git, valid
from .test_gates import state

pytestmark = pytest.mark.servers

BUMP = {
    "GIT_AUTHOR_NAME": "dependabot[bot]",
    "GIT_AUTHOR_EMAIL": "49699333+dependabot[bot]@users.noreply.github.com",
    "GIT_COMMITTER_NAME": "GitHub",
    "GIT_COMMITTER_EMAIL": "noreply@github.com",
}


@pytest.fixture
def as_grace(project):
    """A run that another person than the author has started."""
    return replace(project, actions=replace(project.actions, actor="grace"))


def newest(origin):
    return history.deployments(origin.main(*history.LOG, "main"))[0]


def test_a_bot_s_squash_merge_is_credited_to_who_merged_it(origin, as_grace, fakes, monkeypatch):
    with monkeypatch.context() as bump:
        for name, value in BUMP.items():
            bump.setenv(name, value)
        git(as_grace.root, "commit", "--quiet", "--allow-empty", "--message=build: bump redis (#7)")
        git(as_grace.root, "push", "--quiet", "origin", "HEAD:main")
    tag = f"{git(as_grace.root, 'rev-parse', 'HEAD')[:7]}-20260102030405"

    deploy.deploy(as_grace, "dev", tag, print)

    assert [each.name for each in newest(origin).people] == ["grace"]


@pytest.fixture
def in_qa(as_grace, fakes, tag, monkeypatch):
    """The tag runs in qa, Healthy; uat is empty."""
    monkeypatch.setattr(watch, "PAUSE_S", 0.01)
    monkeypatch.setattr(pages, "errors_on", lambda *_: False)
    deploy.deploy(as_grace, "qa", tag, print)
    fakes.runs(rollout(tag))
    fakes.runs([], "uat.json")
    return tag


@pytest.mark.usefixtures("in_qa")
def test_a_promotion_names_who_started_it(origin, as_grace, settings, tmp_path):
    assert newest(origin).button == ""

    promote.promote(as_grace, "qa", "uat", print)

    promoted = newest(origin)
    assert (promoted.people, promoted.button) == ((ADA,), "promoted by grace")
    nothing = {"phases": {}, "previews": [], "reports": {}}
    shown = dashboard.dashboard(settings, [promoted], **nothing, now=promoted.at)
    assert "by _Ada Lovelace_, promoted by grace" in shown
    assert "| By | Ada Lovelace, promoted by grace |" in (tmp_path / "summary.md").read_text()


def test_a_rollback_names_who_started_it(origin, as_grace, fakes, in_qa):
    bad = in_qa.replace("030405", "040000")
    deploy.deploy(as_grace, "qa", bad, print)
    fakes.runs(rollout(bad, phase="Degraded", stable=in_qa, abort=True))
    fakes.runs(rollout(in_qa), "next.json")

    made, _ = rollback.rollback(as_grace, "qa", "votes fail", 30, print)

    assert newest(origin).button == made.button == "rolled back by grace"


def test_the_promotion_of_a_preview_names_who_started_it(settings):
    assert "| By | gr&#124;ace |" in summary.promoted(settings, "staging", state(), "", by="gr|ace")


def test_the_report_names_who_started_the_run(settings, deployment):
    made = deployment(promoted_from="dev", actor="gr|ace")
    nothing = {"before": None, "version": "", "changes": [], "subject": "", "state": None, "runs": []}

    said = record.build(settings, made, **nothing, log=ObservationLog("qa", made.tag), objects=[], events=[])

    whole = merging.merged(None, said)
    assert "promoted by gr&#124;ace" in markdown(whole)
    valid(whole)


NAMES = ["Zoë Ångström 山田", "a|b `c` & d", "Environment: staging", "O'Neill \\ $HOME %s"]


@pytest.mark.parametrize("name", NAMES)
def test_an_author_is_read_as_git_has_it(origin, name):
    clone = origin.clone()
    message = f"feat: v17\n\nwith a <!-- deployments:end -->\n\nCo-authored-by: {name} 2 <two@example.org>"
    author = ["-c", f"user.name={name}", "-c", "user.email=one@example.org"]
    git(clone, *author, "commit", "--quiet", "--allow-empty", f"--message={message}")
    made = source(Repository(clone).changes("HEAD"))

    assert [each.name for each in people(made)] == [name, f"{name} 2"]


def test_a_commit_without_a_message_or_a_name_is_read(origin):
    clone = origin.clone()
    git(clone, "commit", "--quiet", "--allow-empty", "--allow-empty-message", "--message=")
    git(clone, "commit", "--quiet", "--allow-empty", "--message=\x01\x1e odd")

    changes = Repository(clone).changes("HEAD")

    assert [each.subject for each in changes] == ["\x01\x1e odd", "", "feat: everything"]
