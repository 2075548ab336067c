"""Finds the Deployments and StatefulSets that are not ready."""

from collections.abc import Iterable

from delivery.adapters.kubectl import Kubectl
from delivery.domain.objects import Object
from delivery.domain.workloads import ready


def unready(kubectl: Kubectl, namespaces: Iterable[str]) -> list[str]:
    """The workloads of these namespaces that are not ready, and the namespaces that have none."""
    found = kubectl.objects("deployments,statefulsets", "")
    wrong = []
    for namespace in namespaces:
        theirs = [each for each in found if each["metadata"]["namespace"] == namespace]
        wrong += [name(each) for each in theirs if not ready(each)] or ([] if theirs else [namespace])
    return wrong


def name(workload: Object) -> str:
    """The workload as namespace/name."""
    return f"{workload['metadata']['namespace']}/{workload['metadata']['name']}"
