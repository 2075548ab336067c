"""Makes volumes on the nodes writable for pods."""

from collections.abc import Iterable

from delivery.adapters.kubectl import Kubectl
from delivery.adapters.polling import until
from delivery.adapters.process import run
from delivery.domain.objects import Object


def open_volumes(kubectl: Kubectl, namespace: str, nodes: Iterable[str]) -> None:
    """Let every user write to the namespace's volumes on the nodes, once its claims are bound.

    Some clusters create the folders for root only and do not apply fsGroup. With kind's default provisioner
    this is not needed.
    """

    def all_bound() -> bool:
        return bound(kubectl.objects("statefulsets,persistentvolumeclaims", namespace))

    until(all_bound, what=f"the volume claims of {namespace} are bound", seconds=120)
    listed = kubectl.objects("persistentvolumes", "")
    paths = [folder(each) for each in listed if each["spec"]["claimRef"]["namespace"] == namespace]
    for node in nodes:
        for path in filter(None, paths):
            # The folder may not exist before the first container starts, and would then belong to root.
            run("docker", "exec", node, "sh", "-c", 'mkdir -p "$1" && chmod 0777 "$1"', "sh", path)


def bound(objects: Iterable[Object]) -> bool:
    """Whether every claim of the StatefulSets among these objects exists and is bound."""
    wanted, there = 0, 0
    for each in objects:
        if each["kind"] == "StatefulSet":
            wanted += each["spec"].get("replicas", 1) * len(each["spec"].get("volumeClaimTemplates", []))
        elif each["kind"] == "PersistentVolumeClaim":
            there += each.get("status", {}).get("phase") == "Bound"
    return there >= wanted


def folder(volume: Object) -> str:
    """The volume's folder on the node; empty if the volume is of another kind."""
    spec = volume["spec"]
    path: str = (spec.get("hostPath") or spec.get("local") or {}).get("path", "")
    return path
