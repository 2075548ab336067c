"""Parses the JSON of Rollouts, Deployments and ReplicaSets."""

from dataclasses import dataclass

from stage.image import Image
from stage.objects import Object

REVISIONS = ("rollout.argoproj.io/revision", "deployment.kubernetes.io/revision")


@dataclass(frozen=True)
class Pods:
    """The ReplicaSet of one release: its image, how many pods it wants and how many are ready."""

    release: str
    image: Image
    wanted: int
    ready: int
    created: str = ""

    @property
    def tag(self) -> str:
        """The image's tag."""
        return self.image.tag


def weight(steps: list[Object], step: int) -> int:
    """The last weight that was set up to this step; 100 after the last step or without steps."""
    if step >= len(steps):
        return 100
    return next((each["setWeight"] for each in reversed(steps[: step + 1]) if "setWeight" in each), 0)


def describe(step: Object) -> str:
    """A short description of a step of a canary."""
    if "setWeight" in step:
        return f"setWeight {step['setWeight']} %"
    if "analysis" in step:
        return "analysis " + ", ".join(each["templateName"] for each in step["analysis"]["templates"])
    return f"pause {(step.get('pause') or {}).get('duration', 'until promoted')}"


def image(spec: Object) -> Image:
    """The first container's image."""
    return Image.read(spec["template"]["spec"]["containers"][0]["image"])


def revision(thing: Object) -> str:
    """The revision, as counted by the controller."""
    notes = thing["metadata"].get("annotations", {})
    return next((notes[key] for key in REVISIONS if key in notes), "")


def owned(replica_set: Object, owner: Object) -> bool:
    """Whether the ReplicaSet belongs to the Rollout or Deployment."""
    owners = replica_set["metadata"].get("ownerReferences", [])
    return any(each["uid"] == owner["metadata"]["uid"] for each in owners)


def own(owner: Object, replica_sets: list[Object], label: str) -> tuple[Pods, ...]:
    """The pods of each release of a Rollout or Deployment, oldest first."""
    return tuple(
        Pods(
            release=each["metadata"]["labels"][label],
            image=image(each["spec"]),
            wanted=each["spec"].get("replicas", 0),
            ready=each.get("status", {}).get("readyReplicas", 0),
            created=each["metadata"].get("creationTimestamp", ""),
        )
        for each in sorted(replica_sets, key=lambda each: each["metadata"].get("creationTimestamp", ""))
        if owned(each, owner)
    )


def no_progress(deployment: Object) -> str:
    """Why the newest specification of a Deployment does not start; empty if it does, or still may."""
    status = deployment.get("status", {})
    if status.get("observedGeneration") != deployment["metadata"]["generation"]:
        return ""
    conditions = status.get("conditions", [])
    late = (each for each in conditions if each["type"] == "Progressing" and each["status"] == "False")
    return next((str(each.get("message") or each.get("reason") or "no progress") for each in late), "")


def ready(workload: Object) -> bool:
    """Whether all pods of the newest specification are ready."""
    status, wanted = workload.get("status", {}), workload["spec"].get("replicas", 1)
    seen = status.get("observedGeneration") == workload["metadata"]["generation"]
    counts = ("updatedReplicas", "replicas", "readyReplicas")
    return bool(seen and all(status.get(count, 0) == wanted for count in counts))
