"""Kills pods that a rollout depends on."""

from delivery.adapters.polling import until
from delivery.adapters.process import run


def pod(kubectl, namespace, selector):
    """The only pod that this selector matches."""
    (found,) = kubectl.objects("pods", namespace, f"--selector={selector}")
    return found


def kill(env, namespace, selector):
    """Kill a pod's process, like a crashed node, and delete the pod; return once a new one is ready."""
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
