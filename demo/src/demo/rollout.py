"""Where a Rollout stands: its JSON as a frozen State, and waiting until that State is as wanted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from delivery.errors import GateError
from delivery.kubectl import Object
from demo.waiting import until

HASH = "rollouts-pod-template-hash"


@dataclass(frozen=True)
class Pods:
    """The ReplicaSet of one release: its image tag, how many pods it wants and how many are ready."""

    release: str
    tag: str
    wanted: int
    ready: int


@dataclass(frozen=True)
class Analysis:
    """One analysis of the release that rolls out, as the Rollout's status names it."""

    name: str
    phase: str
    message: str


@dataclass(frozen=True, kw_only=True)
class State:
    """One look at a Rollout; hashes are releases, and an empty one means that there is none."""

    phase: str
    message: str
    current: bool  # the controller has seen the newest specification
    release: str  # the template's
    tag: str  # the template's image tag
    stable: str
    active: str
    preview: str
    step: int
    steps: int
    doing: str  # what the step does, as "pause 30s"; empty without steps and after the last
    weight: int  # percent of the pods that the step wants for the canary
    aborted: bool
    pods: tuple[Pods, ...] = ()
    analyses: tuple[Analysis, ...] = ()

    @classmethod
    def read(cls, rollout: Object, replica_sets: Iterable[Object] = ()) -> Self:
        """The State in a Rollout's JSON, with the pods of its ReplicaSets if they are given."""
        spec, status = rollout["spec"], rollout.get("status", {})
        canary, blue_green = status.get("canary", {}), status.get("blueGreen", {})
        steps = spec["strategy"].get("canary", {}).get("steps", [])
        step = status.get("currentStepIndex", 0)
        analyses = [part for part in [*canary.values(), *blue_green.values()] if is_analysis(part)]
        return cls(
            phase=status.get("phase", ""),
            message=status.get("message", ""),
            current=status.get("observedGeneration") == str(rollout["metadata"]["generation"]),
            release=status.get("currentPodHash", ""),
            tag=image_tag(spec),
            stable=status.get("stableRS", ""),
            active=blue_green.get("activeSelector", ""),
            preview=blue_green.get("previewSelector", ""),
            step=step,
            steps=len(steps),
            doing=describe(steps[step]) if step < len(steps) else "",
            weight=0 if status.get("abort") else weight(steps, step),
            aborted=status.get("abort", False),
            pods=tuple(sorted((pods(each) for each in replica_sets if owned(each, rollout)), key=by_age)),
            analyses=tuple(
                Analysis(each["name"], each.get("status", ""), each.get("message", "")) for each in analyses
            ),
        )

    @property
    def canary(self) -> str:
        """The release that rolls out, or empty once it is the stable one."""
        return self.release if self.release != self.stable else ""

    @property
    def healthy(self) -> bool:
        """The newest specification is fully rolled out."""
        return self.current and self.phase == "Healthy" and self.release == self.stable

    @property
    def paused(self) -> bool:
        """The release waits, at a step or for a person."""
        return self.current and self.phase == "Paused" and not self.aborted

    @property
    def stable_tag(self) -> str:
        """The image tag of the stable release; the newest one's before any was stable."""
        return self.pods_of(self.stable).tag or self.tag

    def pods_of(self, release: str) -> Pods:
        """The pods of one release; none if its ReplicaSet is gone."""
        return next((each for each in self.pods if each.release == release), Pods(release, "", 0, 0))


def wait_for(
    look: Callable[[], State],
    condition: Callable[[State], bool],
    *,
    what: str,
    release: str = "",
    seconds: float = 120,
    seen: Callable[[State], None] = lambda _: None,
) -> State:
    """The first State of the newest specification, and of this release, for which the condition holds.

    `seen` gets every State on the way. A GateError says that the release was aborted instead.
    """
    last = "nothing was seen of it"

    def wanted() -> State | None:
        nonlocal last
        state = look()
        seen(state)
        last = f"it is {state.phase or 'new'} {state.message}".strip()
        if not state.current or release not in ("", state.release):
            return None
        if condition(state):
            return state
        if state.aborted:
            raise GateError(f"{state.tag} was aborted before {what}: {state.message}")
        return None

    return until(wanted, what=what, seconds=seconds, why=lambda: last)


def weight(steps: list[Object], step: int) -> int:
    """The last weight set before or at this step; 100 after the last one or where there are no steps."""
    if step >= len(steps):
        return 100
    return next((each["setWeight"] for each in reversed(steps[: step + 1]) if "setWeight" in each), 0)


def describe(step: Object) -> str:
    """What a step of a canary does, in a few words."""
    if "setWeight" in step:
        return f"setWeight {step['setWeight']}"
    if "analysis" in step:
        return "analysis " + ", ".join(each["templateName"] for each in step["analysis"]["templates"])
    return f"pause {(step.get('pause') or {}).get('duration', 'until promoted')}"


def image_tag(spec: Object) -> str:
    """The tag in the first container's image, without a digest."""
    image: str = spec["template"]["spec"]["containers"][0]["image"]
    return image.partition("@")[0].rpartition(":")[2]


def is_analysis(part: object) -> bool:
    """Whether this part of a status is the state of an AnalysisRun."""
    return isinstance(part, dict) and "name" in part and "status" in part


def owned(replica_set: Object, rollout: Object) -> bool:
    """Whether the ReplicaSet belongs to the Rollout."""
    owners = replica_set["metadata"].get("ownerReferences", [])
    return any(owner["uid"] == rollout["metadata"]["uid"] for owner in owners)


def pods(replica_set: Object, label: str = HASH) -> Pods:
    """The pods of one ReplicaSet, whose release stands under this label."""
    labels, spec = replica_set["metadata"]["labels"], replica_set["spec"]
    return Pods(
        release=labels[label],
        tag=image_tag(spec),
        wanted=spec.get("replicas", 0),
        ready=replica_set.get("status", {}).get("readyReplicas", 0),
    )


def by_age(each: Pods) -> str:
    """Oldest first: a tag begins with its commit and ends with the time of its build."""
    return each.tag.rpartition("-")[2]
