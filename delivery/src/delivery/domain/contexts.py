"""Finds the kubectl context for the cluster of delivery.toml, which may not be the current one."""

import re
from typing import Any

from delivery.domain.errors import ConfigurationError
from delivery.domain.settings import Settings


def context(settings: Settings, config: dict[str, Any]) -> str:
    """The context in a kubeconfig; if several match, the current one, or an error that lists them."""
    current = config.get("current-context", "")
    clusters: dict[str, str] = {
        each["name"]: each["context"]["cluster"] for each in config.get("contexts") or []
    }
    found = sorted(name for name, cluster in clusters.items() if leads(settings, name, cluster))
    if current in found:
        return str(current)
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigurationError(
            f"{len(found)} contexts of kubectl are for the cluster {settings.cluster}: {', '.join(found)}; "
            "choose one: kubectl config use-context NAME"
        )
    there = f"kubectl's current context is {current}" if current else "kubectl has no current context"
    raise ConfigurationError(
        f"kubectl has no context for the cluster {settings.cluster}, {there}; {way(settings)}"
    )


def leads(settings: Settings, name: str, cluster: str) -> bool:
    """Whether a context with this name and this cluster is for the cluster of delivery.toml."""
    if settings.connect == "kubeconfig":
        return settings.cluster in (name, cluster)
    region, wanted = re.escape(settings.region), re.escape(settings.cluster)
    # The names that `aws eks update-kubeconfig` and eksctl write; the context may have any name.
    eks = rf"arn:aws[a-z-]*:eks:{region}:\d+:cluster/{wanted}|{wanted}\.{region}\.eksctl\.io"
    return re.fullmatch(eks, cluster) is not None


def way(settings: Settings) -> str:
    """How to get a context."""
    if settings.connect == "kubeconfig":
        return "set cluster in delivery.toml to the name of your context, or of its cluster"
    return f"create it: aws eks update-kubeconfig --name {settings.cluster} --region {settings.region}"
