"""What a rollout relies on, ended under it."""

from delivery.adapters.polling import until
from delivery.adapters.process import run


def pod(kubectl, namespace, selector):
    """The one pod that this selects."""
    (found,) = kubectl.objects("pods", namespace, f"--selector={selector}")
    return found


def kill(env, namespace, selector):
    """End a pod's process as a crashed node would, then the pod; return once another one is ready."""
    kubectl = env.cluster.kubectl
    old = pod(kubectl, namespace, selector)
    (container,) = old["status"]["containerStatuses"]
    (node,) = env.cluster.nodes
    task = container["containerID"].removeprefix("containerd://")
    run("docker", "exec", node, "ctr", "--namespace=k8s.io", "tasks", "kill", "--signal=SIGKILL", task)
    kubectl("delete", "pod", old["metadata"]["name"], f"--namespace={namespace}", "--wait=false")

    def replaced():
        pods = kubectl.objects("pods", namespace, f"--selector={selector}")
        ready = [each["ready"] for one in pods for each in one["status"].get("containerStatuses", [])]
        return old["metadata"]["uid"] not in {one["metadata"]["uid"] for one in pods} and ready == [True]

    until(replaced, what=f"another pod of {selector} is ready", seconds=120)
