"""Real git; docker is a fake that records its arguments."""

import pytest

from delivery.commands import build, deploy
from delivery.domain.errors import ConfigurationError
from delivery.domain.services import BUILT

from .samples import git

pytestmark = pytest.mark.servers

CHANGES = {
    "changed": lambda root: (root / "README.md").write_text("# mine\n"),
    "staged": lambda root: ((root / "README.md").write_text("# mine\n"), git(root, "add", ".")),
    "removed": lambda root: (root / "README.md").unlink(),
    "renamed": lambda root: git(root, "mv", "README.md", "READ ME.md"),
    "new code": lambda root: ((root / "vote/src").mkdir(parents=True), (root / "vote/src/a.py").touch()),
}


def commit(root, *arguments):
    git(root, "commit", "--quiet", "--allow-empty", "--message=fix: mine")
    return git(root, "rev-parse", "HEAD")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("push", [True, False])
def test_uncommitted_changes_are_not_built(project, fakes, monkeypatch, *, change, push):
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "status.showUntrackedFiles")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "no")
    change(project.root)

    with pytest.raises(ConfigurationError, match=r"^(READ|vote/src/a\.py).* changed since .*commit and push"):
        build.build(project, push=push)
    assert fakes.asked == []


def test_changes_outside_of_images_do_not_matter(project, fakes):
    (project.root / "notes.txt").write_text("mine\n")

    made = build.build(project, push=True)

    assert made.startswith(git(project.root, "rev-parse", "HEAD")[:7])
    assert [line.split()[1] for line in fakes.asked] == ["build"] * len(BUILT) + ["push"] * len(BUILT)


def test_an_image_of_an_unpublished_commit_is_not_pushed(origin, project, fakes):
    head = commit(project.root)

    with pytest.raises(ConfigurationError, match=f"origin has no branch with {head[:7]}.*; push it first$"):
        build.build(project, push=True)
    assert fakes.asked == []
    assert build.build(project, push=False).startswith(head[:7])

    git(project.root, "push", "--quiet", "origin", "HEAD:refs/heads/feature/mine")
    assert build.build(project, push=True).startswith(head[:7])


def test_a_branch_that_was_deleted_on_origin_does_not_count(origin, project, fakes):
    commit(project.root)
    git(project.root, "push", "--quiet", "origin", "HEAD:refs/heads/mine")
    origin.main("branch", "--delete", "--force", "mine")

    with pytest.raises(ConfigurationError, match="origin has no branch with"):
        build.build(project, push=True)


def test_a_shallow_checkout_of_any_branch_builds(origin, project, fakes):
    commit(project.root)
    git(project.root, "push", "--quiet", "origin", "HEAD:refs/heads/mine")
    shallow = origin.project(origin.clone("--depth=1", "--branch=mine"))

    assert build.build(shallow, push=True)


def test_an_unknown_service_is_named(project, fakes):
    with pytest.raises(ConfigurationError, match="there is no service 'web'; it is one of apm, "):
        build.build(project, push=True, services=["web"])


def test_a_tag_names_the_commit_that_is_built(project, fakes, tag):
    commit(project.root)

    with pytest.raises(ConfigurationError, match=f"{tag} names {tag[:7]}, this checkout is at"):
        build.build(project, tag, push=False)


def test_a_tag_of_an_unpublished_commit_is_not_deployed(origin, project, fakes):
    head, before = commit(project.root), origin.main("rev-parse", "main")

    with pytest.raises(ConfigurationError, match=f"origin has no branch with {head[:7]}"):
        deploy.deploy(project, "qa", f"{head[:7]}-20260102030405", print)
    assert origin.main("rev-parse", "main") == before
