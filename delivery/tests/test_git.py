"""Real git: deployments from many clones at once, attribution, and clones that lack history."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from delivery.adapters.git import Repository
from delivery.adapters.process import Runner
from delivery.domain import history, overlay
from delivery.domain.attribution import GITHUB_ACTIONS as BOT
from delivery.domain.commits import Commit
from delivery.domain.errors import ConfigurationError, TimedOutError
from delivery.steps.desired_state import DesiredState

from .samples import STRATEGIES, commit, git, images

pytestmark = pytest.mark.servers


TAGS = [f"{number:07x}-20260102030405" for number in range(1, 11)]


def subjects(origin):
    return origin.main("log", "--format=%s", "main").splitlines()


def test_ten_concurrent_deployments_all_succeed(origin, deployment):
    """Environments are shared: each gets two or three of the ten, and the last commit of each wins."""
    before = len(subjects(origin))
    clones = [origin.project(origin.clone()) for _ in TAGS]
    said = []
    wanted = [deployment(tag, env=list(STRATEGIES)[number % 4], commit="") for number, tag in enumerate(TAGS)]
    with ThreadPoolExecutor(len(clones)) as pool:
        landed = list(pool.map(lambda pair: commit(*pair, said.append), zip(clones, wanted, strict=True)))

    assert len(set(landed)) == len(TAGS)
    assert len(subjects(origin)) == before + len(TAGS)
    assert origin.main("log", "--merges", "--format=%H", "main") == ""
    log = origin.main(*history.LOG, "main")
    deployed = history.deployments(log)
    assert sorted(each.tag for each in deployed) == TAGS
    for env in STRATEGIES:
        newest = history.of(env, deployed)[0]
        text = origin.main("show", f"main:{overlay.path(env)}")
        assert overlay.tag(text) == newest.tag
        assert "# one tag for all" in text
    assert any("comes later and wins" in line for line in said)


def test_nothing_but_the_overlay_changes_and_the_checkout_stays(origin, deployment):
    clone = origin.clone()
    (clone / "README.md").write_text("my own work")
    (clone / "new.txt").write_text("mine")
    git(clone, "add", "new.txt")
    before = git(clone, "status", "--porcelain")

    made = commit(origin.project(clone), deployment(commit=""), print)

    assert git(clone, "status", "--porcelain") == before
    assert origin.main("show", "--format=", "--name-only", made) == overlay.path("qa")
    assert origin.main("show", "--no-patch", "--format=%an <%ae> %cn", made) == f"{BOT} {BOT.name}"


def test_concurrent_pushes_are_kept(origin, deployment):
    late, quick = origin.clone(), origin.clone()
    (quick / "README.md").write_text("new words\n")
    git(quick, "commit", "--quiet", "--all", "--message=docs: words")
    git(quick, "push", "--quiet", "origin", "main")

    commit(origin.project(late), deployment(commit=""), print)

    assert origin.main("show", "main:README.md") == "new words"


def test_the_same_images_again_are_no_commit(origin, deployment):
    project = origin.project(origin.clone())

    assert commit(project, deployment(commit=""), print)
    assert commit(project, deployment(commit=""), print) == ""


def test_a_dry_run_shows_the_commit_and_pushes_nothing(origin, deployment, capsys):
    before = subjects(origin)

    assert commit(origin.project(origin.clone(), dry_run=True), deployment(commit=""), print) == ""

    shown = capsys.readouterr().out
    assert "+   Environment: qa" in shown
    assert "+ +    newTag: 0a1b2c3-20260102030405" in shown
    assert subjects(origin) == before


def test_a_final_refusal_of_a_push_is_one_line(origin, deployment):
    hook = origin.path / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'main is protected' >&2\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(ConfigurationError, match=r"main was not changed: .*pre-receive hook declined"):
        commit(origin.project(origin.clone()), deployment(commit=""), print)


def test_an_unreachable_origin_is_one_line(origin, deployment):
    clone = origin.clone()
    shutil.move(origin.path, origin.folder / "gone")

    with pytest.raises(ConfigurationError, match="main of origin cannot be read"):
        commit(origin.project(clone), deployment(commit=""), print)


def test_a_missing_overlay_is_named(origin):
    with pytest.raises(ConfigurationError, match="main has no k8s/overlays/prod"):
        DesiredState.now(origin.project(origin.clone())).overlay("prod")


def test_a_shallow_clone_finds_an_old_commit(origin):
    first = origin.clone()
    old = git(first, "rev-parse", "HEAD")
    for number in range(3):
        git(first, "commit", "--quiet", "--allow-empty", f"--message=fix: {number}")
    git(first, "push", "--quiet", "origin", "main")
    shallow = Repository(origin.clone("--depth=1"))

    assert shallow.resolve(old[:7]) == old
    assert shallow.resolve("fffffff") == ""


def test_text_is_read_back_unchanged(origin):
    repository = Repository(origin.clone())
    text = "é\nno newline at the end, \r\n and a NUL-free tab\t"
    made = repository.publish(lambda _: Commit({"a/b c.txt": text}, "docs: x\n"), Runner())

    assert repository.read(made, "a/b c.txt") == text
    assert repository.read(made, "none") is None


def test_images_of_a_deployment_are_read_back(origin, deployment):
    project = origin.project(origin.clone())
    commit(project, deployment(commit="", env="dev"), print)

    assert tuple(DesiredState.now(project).overlay("dev").images.values()) == images("0a1b2c3-20260102030405")


class Late(Repository):
    """Every push times out; some succeed anyway."""

    arrives = True

    def __call__(self, *arguments, **kwargs):
        if arguments[0] == "push":
            if self.arrives:
                super().__call__(*arguments, **kwargs)
            raise TimedOutError("git push did not end within 120 s")
        return super().__call__(*arguments, **kwargs)


class Lost(Late):
    arrives = False


def test_after_a_timeout_the_push_is_verified(origin):
    wanted = Commit({"a": "b"}, "docs: x\n")

    made = Late(origin.clone()).publish(lambda _: wanted, Runner())
    assert made == origin.main("rev-parse", "main")

    with pytest.raises(TimedOutError, match="git push did not end"):
        Lost(origin.clone()).publish(lambda _: Commit({"a": "c"}, "docs: y\n"), Runner())
    assert origin.main("rev-parse", "main") == made


@pytest.mark.parametrize("env", ["qa", "prod", "qa2", "prod-eu", "0"])
def test_an_environment_of_any_name_has_a_history(origin, deployment, env):
    clone = origin.clone()
    file = clone / overlay.path(env)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((clone / overlay.path("dev")).read_text())
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "--allow-empty", f"--message=feat: {env}")
    git(clone, "push", "--quiet", "origin", "main")

    made = commit(origin.project(clone), deployment(env=env, commit=""), print)

    (found,) = history.deployments(origin.main(*history.LOG, "main"))
    assert (found.commit, found.env) == (made, env)
