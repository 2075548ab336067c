"""What is looked at before a deployment: nothing has changed yet when one of these refuses."""

from collections.abc import Callable, Iterable

import httpx

from delivery.adapters import docker, ghcr
from delivery.adapters.kubectl import Cluster
from delivery.domain.errors import ConfigurationError
from delivery.domain.overlay import Image
from delivery.steps.project import Project


def require_published(project: Project, commit: str, tip: str = "") -> None:
    """Return if origin has this commit; nobody else could deploy, promote or report an image of it."""
    if not project.git.published(commit, tip):
        raise ConfigurationError(f"origin has no branch with {commit[:7]}, only this clone; push it first")


def require_pullable(cluster: Cluster, images: Iterable[Image], client: httpx.Client | None = None) -> None:
    """Return if everybody may pull these images, or the namespace has a pull secret; else say what to do."""
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
    """Refuse an image that no node can run, and say so if some nodes cannot.

    A cluster whose user may not list nodes, or a registry that cannot say, is no reason to refuse.
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
    """The platforms in words."""
    return " and ".join(sorted(platforms))
