"""Checks before a deployment: when one of them refuses, nothing has changed yet."""

from collections.abc import Callable, Iterable

import httpx

from delivery.adapters import docker, ghcr
from delivery.adapters.kubectl import Cluster
from delivery.domain.errors import ConfigurationError
from delivery.domain.image import Image
from delivery.steps.project import Project


def require_published(project: Project, commit: str, tip: str = "") -> None:
    """Return if origin has this commit: without it, nobody else could deploy or promote its images."""
    if not project.git.published(commit, tip):
        raise ConfigurationError(f"origin has no branch with {commit[:7]}, only this clone; push it first")


def require_pullable(cluster: Cluster, images: Iterable[Image], client: httpx.Client | None = None) -> None:
    """Return if these images are public or the namespace has a pull secret; otherwise say what to do."""
    private = [
        image for image in images if image.name.startswith(f"{ghcr.HOST}/") and not ghcr.public(image, client)
    ]
    secret, where = f"{cluster.settings.name}-registry", cluster.namespace
    if private and not cluster("get", "secret", secret, "--ignore-not-found", "--output=name"):
        raise ConfigurationError(
            f"{private[0].name} is private and {where} has no Secret {secret} to pull it with; nothing was "
            "deployed: make the package public on GitHub, or see k8s/components/pull-secret"
        )


def require_platform(cluster: Cluster, image: Image, say: Callable[[str], None]) -> None:
    """Refuse an image that no node can run, and warn if some nodes cannot.

    If the user may not list nodes, or the registry does not name platforms, nothing is refused.
    """
    nodes = cluster.platforms()
    built = docker.platforms(image) if nodes else set()
    if not built or nodes <= built:
        return
    ways = f"{image.service} {image.tag} is for {listed(built)}"
    if not nodes & built:
        raise ConfigurationError(
            f"{ways}, and the nodes of the cluster {cluster.settings.cluster} are {listed(nodes)}; "
            "name theirs under platforms in delivery.toml, then build a new tag"
        )
    say(f"{ways}; a pod that lands on a node of {listed(nodes - built)} cannot start")


def listed(platforms: set[str]) -> str:
    """The platforms as text."""
    return " and ".join(sorted(platforms))
