"""`delivery env`: an environment is a line of delivery.toml, and every file that depends on it."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from delivery.adapters.github import ActionsEnvironment
from delivery.adapters.process import Runner
from delivery.commands import env
from delivery.domain import workflows
from delivery.domain.environments import Environment
from delivery.domain.errors import ConfigurationError
from delivery.domain.settings import Settings
from delivery.output import environment
from delivery.steps.project import Project

from .samples import git

ROOT = Path(__file__).parents[2]
BY_HAND = {"staging": "replicas:\n  - {name: worker, count: 2}\n  - {name: result, count: 2}\n"}


@pytest.fixture
def fork(tmp_path):
    """This checkout's environments, to be changed."""
    for folder in ("k8s", ".github"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "delivery.toml", tmp_path)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    return Project(tmp_path, Settings.from_file(tmp_path), ActionsEnvironment(), Runner())


def again(project):
    """The project as a command finds it that starts now."""
    return replace(project, settings=Settings.from_file(project.root))


def files(project):
    """Every file and its text."""
    found = (path for path in project.root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(project.root)): path.read_text() for path in found}


def as_added(text, env):
    """A file without what has happened to it since: deployments, and a size that somebody gave it."""
    text = re.sub(r"(?m)^    (newTag|digest): .*\n", "", text)
    return text.replace(BY_HAND.get(env.name, ""), "")


def test_this_repository_matches_delivery_toml():
    settings = Settings.from_file(ROOT)
    for each in settings.environments:
        for path, wanted in environment.own(settings, each, "main").items():
            assert as_added((ROOT / path).read_text(), each) == as_added(wanted, each), path
    given = {path: (ROOT / path).read_text() for path in environment.listing(settings)}
    assert environment.lists(settings, given) == given


@pytest.mark.servers
def test_a_new_environment_is_listed_everywhere(fork):
    env.write(fork, env.add(fork, Environment(name="prod-eu", strategy="blue-green", replicas=4), "staging"))

    assert again(fork).settings.env_names == ("dev", "qa", "uat", "staging", "prod-eu")
    promote = (fork.root / ".github/workflows" / workflows.promote(fork.settings)).read_text()
    assert '"Promote: DEV -> QA -> UAT -> STAGING -> PROD-EU"' in promote
    assert "to: {type: choice, options: [qa, uat, staging, prod-eu]" in promote
    assert "from: {type: choice, options: [dev, qa, uat, staging]" in promote
    overlay = (fork.root / "k8s/overlays/prod-eu/kustomization.yaml").read_text()
    assert "path: /spec/replicas, value: 4" in overlay
    assert f"vote-{fork.settings.name}-prod-eu-preview.localhost" in overlay


@pytest.mark.servers
def test_adding_and_removing_an_environment_changes_nothing(fork):
    before = files(fork)
    env.write(fork, env.add(fork, Environment(name="prod", strategy="canary", traffic=True), "qa"))
    env.write(again(fork), env.remove(again(fork), "prod"))

    assert files(fork) == before


@pytest.mark.servers
def test_renaming_an_environment_back_changes_nothing(fork):
    before = files(fork)
    env.write(fork, env.rename(fork, "qa", "qa2"))
    renamed = files(again(fork))
    env.write(again(fork), env.rename(again(fork), "qa2", "qa"))

    assert "k8s/overlays/qa2/kustomization.yaml" in renamed
    assert "k8s/overlays/qa/kustomization.yaml" not in renamed
    assert files(fork) == before


@pytest.mark.servers
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda p: env.add(p, Environment(name="qa"), "dev"), "name qa twice"),
        (lambda p: env.add(p, Environment(name="prod"), "nowhere"), "there is no environment 'nowhere'"),
        (lambda p: env.remove(p, "prod"), "there is no environment 'prod'"),
        (lambda p: env.rename(p, "qa", "Q A"), "cannot be called 'Q A'"),
        (lambda p: env.rename(p, "qa", "uat"), "name uat twice"),
    ],
)
def test_invalid_changes_are_refused(fork, change, why):
    before = files(fork)

    with pytest.raises(ConfigurationError, match=why):
        change(fork)

    assert files(fork) == before


@pytest.mark.servers
def test_the_diff_shows_new_and_deleted_files(fork):
    shown = env.diff(fork, env.rename(fork, "uat", "pre"))

    assert "--- /dev/null\n+++ k8s/overlays/pre/kustomization.yaml\n" in shown
    assert "--- k8s/overlays/uat/kustomization.yaml\n+++ /dev/null\n" in shown
    assert '-  { name = "uat", strategy' in shown


@pytest.mark.servers
def test_the_workflows_of_a_new_environment_pass_lint(fork):
    env.write(
        fork, env.add(fork, Environment(name="prod-eu", strategy="blue-green", on_push=True), "staging")
    )
    tools = Path(sys.executable).parent
    for command in (
        [tools / "actionlint", f"-shellcheck={tools / 'shellcheck'}"],
        [tools / "zizmor", "--quiet", "--offline", "--persona=auditor", ".github"],
    ):
        done = subprocess.run(command, cwd=fork.root, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
