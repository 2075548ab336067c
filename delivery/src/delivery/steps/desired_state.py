"""The desired state: what origin's default branch says at one commit, and the cluster brought to it."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Self

from delivery.adapters.git import Repository
from delivery.adapters.process import ToolError
from delivery.domain import history, overlay
from delivery.domain.errors import ConfigurationError, TimedOutError
from delivery.domain.history import Deployment
from delivery.domain.overlay import Image
from delivery.steps import manifests
from delivery.steps.project import Project

APPLY_ROUNDS = 10  # the branch may move while the cluster is brought to it


class RefusedError(ConfigurationError):
    """The cluster did not take the desired state."""


@dataclass(frozen=True)
class Overlay:
    """The overlay of one environment, as text."""

    env: str
    text: str

    @property
    def images(self) -> dict[str, Image]:
        """Its images."""
        return overlay.images(self.text)

    @property
    def tag(self) -> str:
        """Their tag."""
        return overlay.tag(self.text)

    @property
    def pinned(self) -> bool:
        """Whether somebody has deployed here: a fresh overlay names images that no registry has."""
        return all(image.digest for image in self.images.values())


@dataclass(frozen=True)
class DesiredState:
    """What the default branch says at a commit: overlays, and the deployments in its history."""

    git: Repository
    commit: str

    @classmethod
    def now(cls, project: Project) -> Self:
        """As origin has it now. A command asks once, at its start."""
        return cls(project.git, project.git.fetch())

    def at(self, commit: str) -> "DesiredState":
        """What it was at another commit."""
        return self if commit == self.commit else DesiredState(self.git, commit)

    def overlay(self, env: str, commit: str = "") -> Overlay:
        """The environment's overlay, or the one that it had at an earlier commit."""
        text = self.git.read(commit or self.commit, overlay.path(env))
        if text is None:
            raise ConfigurationError(f"{self.git.branch} has no {overlay.path(env)}; push it to origin first")
        return Overlay(env, text)

    @cached_property
    def deployments(self) -> list[Deployment]:
        """Every deployment that its history knows, newest first."""
        self.git.deepen()
        return history.deployments(self.git(*history.LOG, self.commit, seconds=120))

    def of(self, env: str) -> list[Deployment]:
        """The deployments of one environment, newest first."""
        return history.of(env, self.deployments)

    def latest(self, env: str) -> Deployment | None:
        """The environment's last deployment; None if there is none yet."""
        return next(iter(self.of(env)), None)

    def deployment_of(self, env: str, images: tuple[Image, ...]) -> Deployment | None:
        """The environment's last deployment of these images."""
        return next((each for each in self.of(env) if each.images == images), None)

    def deployed_at(self, env: str, tag: str) -> datetime | None:
        """When a tag was last deployed to the environment."""
        return next((each.at for each in self.of(env) if each.tag == tag), None)

    def has(self, wanted: Deployment) -> bool:
        """Whether its manifests are still those of the environment's last deployment, and that one's this."""
        last = self.latest(wanted.env)
        return last is not None and manifests.same(self.git, wanted, last, self.commit)


def apply(project: Project, env: str, desired: DesiredState) -> DesiredState:
    """Bring the cluster to the environment's desired state, until origin has no newer one; the one it has.

    Origin is asked again after each round: two deployments at once must end with the later one.
    """
    for _ in range(APPLY_ROUNDS):
        last = desired.latest(env)
        tree = manifests.recorded(desired.git, last) if last else manifests.tree(desired.git, desired.commit)
        with tempfile.TemporaryDirectory(prefix="delivery-") as folder:
            k8s = manifests.write(desired.git, env, desired.commit, tree, Path(folder))
            try:
                project.cluster(env).make_password(project.runner)
                project.cluster(env).apply(k8s / "overlays" / env, project.runner)
            except (ToolError, TimedOutError) as error:
                raise RefusedError(str(error)) from error
        if project.runner.dry_run:
            return desired
        now = DesiredState.now(project)
        if now.overlay(env) == desired.overlay(env) and now.latest(env) == last:
            return now
        desired = now
    return desired
