"""The read-only account of the release view on a cluster: whether it is there, and how to add it."""

from delivery.adapters.kubectl import Kubectl
from delivery.adapters.process import ToolError

ACCOUNT = "stage"
LABEL = "app.kubernetes.io/component=release-view"


def add(context: str) -> str:
    """The command that adds the account to a cluster and changes nothing else."""
    return f"kubectl apply -k k8s/platform -l {LABEL} --context={context}"


def granted(kubectl: Kubectl, platform: str, namespace: str) -> bool:
    """Whether the account exists, and may read the environment in this namespace."""
    try:
        kubectl("get", "serviceaccount", ACCOUNT, namespace=platform)
        kubectl("get", "rolebinding", ACCOUNT, namespace=namespace)
    except ToolError as error:
        if "not found" in error.output.lower():
            return False
        raise
    return True
