"""Forks with two and with six environments render and meet every policy."""

import shutil

import pytest

from delivery.adapters.github import ActionsEnvironment
from delivery.adapters.process import Runner
from delivery.commands import env, verify
from delivery.domain.environments import Environment
from delivery.domain.settings import Settings
from delivery.steps.project import Project
from k8s.policies.objects import named
from k8s.tests.conftest import K8S, NAME

pytestmark = pytest.mark.servers

ROOT = K8S.parent
FORKS = {
    "two": [("remove", "qa"), ("remove", "uat"), ("rename", "staging", "prod")],
    "six": [
        ("rename", "qa", "qa2"),
        ("add", Environment(name="perf", strategy="canary", replicas=10, traffic=True), "uat"),
        ("add", Environment(name="prod-eu", strategy="blue-green", replicas=2), "staging"),
    ],
}
NAMES = {"two": ("dev", "prod"), "six": ("dev", "qa2", "uat", "perf", "staging", "prod-eu")}


@pytest.fixture
def checkout(tmp_path):
    """A copy of the files that name environments."""
    for folder in ("k8s", ".github"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("tests"))
    shutil.copy(ROOT / "delivery.toml", tmp_path)
    return lambda: Project(tmp_path, Settings.from_file(tmp_path), ActionsEnvironment(), Runner())


@pytest.mark.parametrize("fork", FORKS)
def test_a_fork_with_other_environments_keeps_every_policy(checkout, fork, render):
    for action, *what in FORKS[fork]:
        project = checkout()
        env.write(project, getattr(env, action)(project, *what))

    project = checkout()
    assert project.settings.env_names == NAMES[fork]
    assert {each.name: verify.verify(project, each.name) for each in project.settings.environments} == {
        name: [] for name in NAMES[fork]
    }
    platform = render(project.root / "k8s/platform")
    assert set(named(platform, "Namespace")) == {f"{NAME}-{name}" for name in (*NAMES[fork], "platform")}
