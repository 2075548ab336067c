"""Finds parts of a rendered environment, for the policies."""

from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]
WORKLOADS = {"Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job"}


def pods(objects: list[Object]) -> Iterator[tuple[str, Object]]:
    """Every pod that these objects start, analysis Jobs included, with a name for messages."""
    for thing in objects:
        name = f"{thing['kind']} {thing['metadata']['name']}"
        if thing["kind"] in WORKLOADS:
            yield name, thing["spec"]["template"]["spec"]
        for metric in metrics(thing):
            yield f"{name} metric {metric['name']}", metric["provider"]["job"]["spec"]["template"]["spec"]


def metrics(thing: Object) -> list[Object]:
    """The metrics of an AnalysisTemplate."""
    found: list[Object] = []
    if thing["kind"] == "AnalysisTemplate":
        found = thing["spec"].get("metrics", [])
    return found


def named(objects: list[Object], kind: str) -> dict[str, Object]:
    """The objects of one kind, by name."""
    return {thing["metadata"]["name"]: thing for thing in objects if thing["kind"] == kind}


def containers(pod: Object) -> list[Object]:
    """Every container of a pod."""
    return [*pod["containers"], *pod.get("initContainers", [])]


def labels(objects: list[Object]) -> Iterator[tuple[str, Object]]:
    """The labels of every pod that these objects start, with a name for messages."""
    for thing in objects:
        name = f"{thing['kind']} {thing['metadata']['name']}"
        if thing["kind"] in WORKLOADS:
            yield name, thing["spec"]["template"]["metadata"]["labels"]
        for metric in metrics(thing):
            yield name, metric["provider"]["job"]["spec"]["template"]["metadata"]["labels"]


def template_names(part: object) -> set[str]:
    """Every templateName below this part of an object."""
    if isinstance(part, dict):
        own = {part["templateName"]} if "templateName" in part else set()
        return own.union(*(template_names(value) for value in part.values()))
    return set().union(*(template_names(value) for value in part)) if isinstance(part, list) else set()
