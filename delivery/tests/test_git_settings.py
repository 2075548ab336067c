"""delivery does the same whatever the user's git configuration, variables and default branch."""

import os

import pytest

from delivery.adapters.process import Runner
from delivery.commands import deploy
from delivery.domain import history, overlay
from delivery.domain.attribution import GITHUB_ACTIONS as BOT
from delivery.domain.commits import Commit

from .samples import ADA, commit, git

pytestmark = pytest.mark.servers

SETTINGS = """\
[user]
    useConfigOnly = true
[push]
    followTags = true
    default = nothing
    gpgSign = if-asked
    pushOption = skip
[pull]
    rebase = true
[fetch]
    prune = true
    pruneTags = true
[commit]
    gpgSign = true
[submodule]
    recurse = true
[grep]
    patternType = fixed
[gpg]
    program = /bin/false
[core]
    autocrlf = true
    eol = crlf
    quotePath = true
    hooksPath = {hooks}
    attributesFile = {attributes}
[color]
    ui = always
    diff = always
[log]
    showSignature = true
[i18n]
    commitEncoding = ISO-8859-1
    logOutputEncoding = ISO-8859-1
[diff]
    external = /bin/false
    noprefix = true
"""


@pytest.fixture
def somebody(origin, project, tmp_path, monkeypatch):
    """A user with many git settings, and hooks that refuse everything."""
    origin.main("config", "core.hooksPath", "hooks")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction", "pre-commit", "commit-msg", "post-index-change"):
        (hooks / name).write_text("#!/bin/sh\necho no >&2\nexit 1\n")
        (hooks / name).chmod(0o755)
    attributes = tmp_path / "attributes"
    attributes.write_text("* text eol=crlf ident\nworker.yaml export-ignore\n")
    (project.root / ".git/info/attributes").write_text(attributes.read_text())
    file = tmp_path / "gitconfig"
    file.write_text(SETTINGS.format(hooks=hooks, attributes=attributes))
    git(project.root, "tag", "--annotate", "--message=mine", "private")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")


@pytest.fixture
def elsewhere(origin, tmp_path, monkeypatch):
    """The variables that git sets for a hook or an alias: another repository, person and date."""
    other = origin.clone()
    for name, value in {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_INDEX_FILE": tmp_path / "other-index",
        "GIT_OBJECT_DIRECTORY": tmp_path / "other-objects",
        "GIT_NAMESPACE": "other",
        "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z",
        "GIT_AUTHOR_NAME": "Eve",
        "GIT_EXTERNAL_DIFF": "/bin/false",
        "GIT_CONFIG_PARAMETERS": "'push.followtags'='true'",
        "GIT_LITERAL_PATHSPECS": "1",
    }.items():
        monkeypatch.setenv(name, str(value))


def bare(origin, *arguments):
    """Run git on origin without any user configuration."""
    return git(origin.path, *arguments, env={"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull})


@pytest.mark.usefixtures("somebody")
def test_a_deployment_pushes_one_commit_to_one_branch(origin, project, fakes, tag, capsys):
    refs = bare(origin, "for-each-ref", "--format=%(refname)")

    made = deploy.deploy(project, "qa", tag, print)

    (read,) = history.deployments(bare(origin, *history.LOG, "main"))
    assert read.commit == made.commit
    assert read.people == (ADA,)
    assert bare(origin, "for-each-ref", "--format=%(refname)") == refs
    assert "\r" not in fakes.applied
    assert "\x1b" not in capsys.readouterr().out


def test_a_dry_run_is_plain_text(origin, project, somebody, deployment, capsys):
    dry = origin.project(project.root, dry_run=True)
    commit(dry, deployment(commit=""), print)

    shown = capsys.readouterr().out
    assert "+ diff --git a/k8s/overlays/qa/kustomization.yaml b/k8s/" in shown
    assert "\x1b" not in shown


def test_a_dry_run_shows_a_commit_that_changes_no_file(project, capsys):
    project.git.publish(lambda _: Commit({}, "chore(qa): deploy\n"), Runner(dry_run=True))

    assert "+   chore(qa): deploy" in capsys.readouterr().out


def test_names_and_texts_are_read_back_unchanged(origin, project, somebody, tmp_path):
    text = "é\r\nü\n$Id$\n"
    files = {"k/ä.txt": text, "k/worker.yaml": "a\n"}

    made = project.git.publish(lambda _: Commit(files, "docs: Ängström 山田\n"), project.runner)

    assert project.git.read(made, "k/ä.txt") == text
    assert project.git.changes(made, limit=1)[0].subject == "docs: Ängström 山田"
    folder = project.git.folder(made, "k", tmp_path / "into")
    assert {each.name: each.read_bytes().decode() for each in folder.iterdir()} == {
        "ä.txt": text,
        "worker.yaml": "a\n",
    }


def test_variables_of_another_repository_change_nothing(origin, project, fakes, tag, elsewhere):
    made = deploy.deploy(project, "qa", tag, print)

    assert bare(origin, "rev-parse", "main") == made.commit
    assert bare(origin, "show", "--no-patch", "--format=%an", "main") == BOT.name
    assert not bare(origin, "show", "--no-patch", "--format=%as", "main").startswith("2001")
    assert overlay.tag(fakes.applied) == tag


def test_what_reaches_origin_stays_the_user_s(origin, project, deployment, monkeypatch):
    """This is how actions/checkout or a devcontainer passes credentials and URLs."""
    git(project.root, "remote", "set-url", "origin", "company:acme")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{origin.path.as_uri()}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "company:acme")

    assert commit(project, deployment(commit=""), print) == bare(origin, "rev-parse", "main")


def test_the_default_branch_is_the_one_that_origin_names(origin, project, fakes, tag):
    origin.main("branch", "--move", "main", "trunk/live")
    git(project.root, "remote", "set-head", "origin", "--delete")

    made = deploy.deploy(project, "qa", tag, print)

    assert origin.main("rev-parse", "trunk/live") == made.commit
    assert origin.main("branch", "--list", "--format=%(refname:short)") == "trunk/live"
    assert overlay.tag(fakes.applied) == tag
