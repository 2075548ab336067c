"""The desired state: origin's default branch at one commit; `apply` brings the cluster to it."""

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
from delivery.domain.image import Image
from delivery.steps import manifests
from delivery.steps.project import Project

APPLY_ROUNDS = 10  # the branch may change while it is applied


class RefusedError(ConfigurationError):
    """The cluster refused the desired state."""


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
        """Whether anything was ever deployed here: a new overlay names images that do not exist."""
        return all(image.digest for image in self.images.values())


@dataclass(frozen=True)
class DesiredState:
    """The default branch at a commit: overlays, and the deployments in its history."""

    git: Repository
    commit: str

    @classmethod
    def now(cls, project: Project) -> Self:
        """The current state of origin. A command reads it once, at its start."""
        return cls(project.git, project.git.fetch())

    def at(self, commit: str) -> "DesiredState":
        """The desired state at another commit."""
        return self if commit == self.commit else DesiredState(self.git, commit)

    def overlay(self, env: str, commit: str = "") -> Overlay:
        """The environment's overlay, optionally at an earlier commit."""
        text = self.git.read(commit or self.commit, overlay.path(env))
        if text is None:
            raise ConfigurationError(f"{self.git.branch} has no {overlay.path(env)}; push it to origin first")
        return Overlay(env, text)

    @cached_property
    def deployments(self) -> list[Deployment]:
        """Every deployment in its history, newest first."""
        self.git.deepen()
        return history.deployments(self.git(*history.LOG, self.commit, seconds=120))

    def of(self, env: str) -> list[Deployment]:
        """The deployments of one environment, newest first."""
        return history.of(env, self.deployments)

    def latest(self, env: str) -> Deployment | None:
        """The environment's last deployment; None if there is none."""
        return next(iter(self.of(env)), None)

    def deployment_of(self, env: str, images: tuple[Image, ...]) -> Deployment | None:
        """The environment's last deployment of these images."""
        return next((each for each in self.of(env) if each.images == images), None)

    def deployed_at(self, env: str, tag: str) -> datetime | None:
        """When a tag was last deployed to the environment."""
        return next((each.at for each in self.of(env) if each.tag == tag), None)

    def has(self, wanted: Deployment) -> bool:
        """Whether the environment's last deployment has these manifests, and they are still current."""
        last = self.latest(wanted.env)
        return last is not None and manifests.same(self.git, wanted, last, self.commit)


def apply(project: Project, env: str, desired: DesiredState) -> DesiredState:
    """Apply the environment's desired state, until origin has no newer one; returns the applied one.

    Each round reads origin again, so that two concurrent deployments end with the later one.
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
