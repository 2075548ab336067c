"""What images are built for and what a cluster's nodes are, compared before a rollout."""

from collections.abc import Callable

from delivery import docker
from delivery.errors import ConfigurationError
from delivery.kubectl import Cluster
from delivery.overlay import Image


def require(cluster: Cluster, image: Image, say: Callable[[str], None]) -> None:
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
