"""What main says about an environment, and the cluster brought to it."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from delivery import history, manifests, overlay
from delivery.errors import ConfigurationError, TimedOutError
from delivery.history import Deployment
from delivery.overlay import Image
from delivery.programs import ToolError
from delivery.project import Project

APPLY_ROUNDS = 10  # main may move while the cluster is brought to it


class RefusedError(ConfigurationError):
    """The cluster did not take what main says."""


@dataclass(frozen=True)
class Overlay:
    """What main says about an environment."""

    env: str
    commit: str
    text: str

    @property
    def images(self) -> dict[str, Image]:
        """Its images."""
        return overlay.images(self.text)

    @property
    def pinned(self) -> bool:
        """Whether somebody has deployed here: a fresh overlay names images that no registry has."""
        return all(image.digest for image in self.images.values())


def on_main(project: Project, env: str, tip: str = "") -> Overlay:
    """The environment's overlay on main, as origin has it now."""
    tip = tip or project.git.fetch()
    text = project.git.read(tip, overlay.path(env))
    if text is None:
        raise ConfigurationError(f"{project.git.branch} has no {overlay.path(env)}; push it to origin first")
    return Overlay(env, tip, text)


def deployments(project: Project, tip: str) -> list[Deployment]:
    """Every deployment that main's history knows, newest first."""
    project.git.deepen()
    return history.deployments(project.git(*history.LOG, tip, seconds=120))


def latest(project: Project, env: str, tip: str) -> Deployment | None:
    """The environment's last deployment; None if there is none yet."""
    return next(iter(history.of(env, deployments(project, tip))), None)


def apply(project: Project, env: str) -> Overlay:
    """Bring the cluster to what main says about the environment, until main says nothing new."""
    applied = on_main(project, env)
    for _ in range(APPLY_ROUNDS):
        last = latest(project, env, applied.commit)
        with tempfile.TemporaryDirectory(prefix="delivery-") as folder:
            tree = (
                manifests.recorded(project.git, last) if last else manifests.tree(project.git, applied.commit)
            )
            k8s = manifests.write(project.git, env, applied.commit, tree, Path(folder))
            try:
                project.cluster(env).make_password(project.hands)
                project.cluster(env).apply(k8s / "overlays" / env, project.hands)
            except (ToolError, TimedOutError) as error:
                raise RefusedError(str(error)) from error
        now = on_main(project, env)
        if project.hands.dry_run or (now.text == applied.text and latest(project, env, now.commit) == last):
            return now
        applied = now
    return applied
