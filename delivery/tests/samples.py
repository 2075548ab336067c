"""A fork named acme: its settings, its overlays, a real repository, and its history."""

import json
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from jsonschema import Draft202012Validator

from delivery.adapters.github import ActionsEnvironment
from delivery.adapters.process import Runner
from delivery.domain import history, overlay
from delivery.domain.attribution import Person
from delivery.domain.environments import Environment
from delivery.domain.image import Image
from delivery.domain.settings import Settings
from delivery.steps import deployment as deployment_steps
from delivery.steps.desired_state import DesiredState
from delivery.steps.project import Project

from .fakes import DIGEST

REPORTS = Path(__file__).parents[2] / ".deployments"
SCHEMA = json.loads((REPORTS / "schema.json").read_text())
OTHER_DIGEST = "sha256:" + "e" * 64
ADA = Person("Ada Lovelace", "ada@example.org")
AS_ADA = ("-c", f"user.name={ADA.name}", "-c", f"user.email={ADA.email}")
KUSTOMIZATION = """\
kind: Kustomization
components:
  - ../../components/{strategy} # how it changes
images: # one tag for all
  - name: vote
    newName: registry.example/acme/vote
    newTag: 0000000-20260101000000
  - name: worker
    newName: registry.example/acme/worker
    newTag: 0000000-20260101000000
patches:
  - target: {{kind: Rollout, name: vote}} # stays as it is
    patch: |-
      - {{op: replace, path: /spec/replicas, value: 5}}
"""
ENVIRONMENTS = (
    Environment(name="dev", on_push=True),
    Environment(name="qa", strategy="canary", replicas=5, traffic=True),
    Environment(name="uat", strategy="canary", replicas=5, traffic=True),
    Environment(name="staging", strategy="blue-green", replicas=3, traffic=True),
)
STRATEGIES = {each.name: each.strategy for each in ENVIRONMENTS}


def toml(settings):
    """A delivery.toml with these settings."""
    return "\n".join(settings.lines().values()) + "\n"


def images(tag, digest=DIGEST):
    return tuple(Image(f"registry.example/acme/{service}", tag, digest) for service in ("vote", "worker"))


def git(folder, *arguments, **kwargs):
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=60, **kwargs
    )
    return done.stdout.strip()


def commit(project, wanted, say):
    """Commit a deployment to the default branch as it is now; nothing is applied."""
    return deployment_steps.commit(project, DesiredState.now(project), wanted, say)


@dataclass
class Origin:
    """A real bare repository with every overlay on main, and clones of it."""

    path: Path
    folder: Path
    settings: Settings
    clones: int = 0

    def clone(self, *options):
        self.clones += 1
        where = self.folder / f"clone-{self.clones}"
        git(self.folder, "clone", "--quiet", *options, self.path.as_uri(), str(where))
        with (where / ".git/config").open("a") as file:
            file.write(f"[user]\nname = {ADA.name}\nemail = {ADA.email}\n")
        return where

    def project(self, clone, *, dry_run=False):
        return Project(clone, self.settings, ActionsEnvironment(), Runner(dry_run))

    def main(self, *arguments):
        return git(self.path, *arguments)


def main(origin):
    return origin.main("rev-parse", "main")


def tag_on_main(origin, env="qa"):
    return overlay.tag(origin.main("show", f"main:{overlay.path(env)}"))


def deployed(origin):
    return history.deployments(origin.main(*history.LOG, "main"))


@dataclass
class RecordedCluster:
    """Replays the recorded states of a real cluster, then repeats the last one."""

    env: str
    observations: list[dict]
    logs: dict[str, str]
    events: list[dict] = field(default_factory=list)
    asked: int = 0

    def objects(self, kinds=""):
        look = self.observations[min(self.asked, len(self.observations) - 1)]
        self.asked += 1
        return look["objects"]

    def log(self, job):
        return self.logs.get(job, "")

    def now(self):
        return datetime.fromtimestamp(
            self.observations[min(self.asked, len(self.observations)) - 1]["at"], UTC
        )


def valid(found):
    Draft202012Validator(SCHEMA).validate(found)
    return found
