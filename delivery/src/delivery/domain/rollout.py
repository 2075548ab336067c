"""The state of an environment's vote service: parses a Rollout or a Deployment into a frozen State."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from delivery.domain.image import Image
from delivery.domain.objects import Object, named
from delivery.domain.workloads import Pods, describe, image, no_progress, own, owned, ready, revision, weight

HASH = "rollouts-pod-template-hash"
PLAIN_HASH = "pod-template-hash"
PLANNED = ("BlueGreenPause", "CanaryPauseStep")  # the pauses of the strategies


@dataclass(frozen=True, kw_only=True)
class State:
    """The state of vote at one moment; releases are hashes, and empty means none."""

    strategy: str  # rolling, canary or blue-green
    phase: str
    message: str
    current: bool  # the controller has seen the newest specification
    release: str  # of the template
    image: Image  # of the template
    stable: str
    active: str
    preview: str
    step: int
    steps: Sequence[str]  # a description of each, such as "pause 30s"
    weight: int  # the percentage of pods for the canary at this step
    aborted: bool
    first: bool  # the first release of the environment
    pods: tuple[Pods, ...] = ()
    pauses: tuple[str, ...] = ()  # why the controller paused it
    revision: str = ""  # the controller's count; the same template deployed again gets a new one

    @classmethod
    def read(cls, objects: Iterable[Object]) -> Self | None:
        """The State of vote among an environment's objects; None if it is not deployed."""
        found = list(objects)
        sets = named(found, "ReplicaSet")
        for each in found:
            if each["metadata"]["name"] == "vote" and each["kind"] in ("Rollout", "Deployment"):
                return cls._rollout(each, sets) if each["kind"] == "Rollout" else cls._deployment(each, sets)
        return None

    @classmethod
    def _rollout(cls, rollout: Object, replica_sets: list[Object]) -> Self:
        spec, status = rollout["spec"], rollout.get("status", {})
        blue_green = status.get("blueGreen", {})
        steps = spec["strategy"].get("canary", {}).get("steps", [])
        step = status.get("currentStepIndex", 0)
        return cls(
            strategy="canary" if "canary" in spec["strategy"] else "blue-green",
            phase=status.get("phase", ""),
            message=status.get("message", ""),
            current=status.get("observedGeneration") == str(rollout["metadata"]["generation"]),
            release=status.get("currentPodHash", ""),
            image=image(spec),
            stable=status.get("stableRS", ""),
            active=blue_green.get("activeSelector", ""),
            preview=blue_green.get("previewSelector", ""),
            step=step,
            steps=tuple(map(describe, steps)),
            weight=0 if status.get("abort") else weight(steps, step),
            aborted=status.get("abort", False),
            first=revision(rollout) == "1",
            revision=revision(rollout),
            pods=own(rollout, replica_sets, HASH),
            pauses=tuple(each["reason"] for each in status.get("pauseConditions") or []),
        )

    @classmethod
    def _deployment(cls, deployment: Object, replica_sets: list[Object]) -> Self:
        sets = [each for each in replica_sets if owned(each, deployment)]
        newest = [each for each in sets if revision(each) == revision(deployment)]
        release = newest[0]["metadata"]["labels"][PLAIN_HASH] if newest else ""
        status = deployment.get("status", {})
        late = no_progress(deployment)
        complete = ready(deployment)
        return cls(
            strategy="rolling",
            phase="Degraded" if late else "Healthy" if complete else "Progressing",
            message=late,
            current=bool(release)
            and status.get("observedGeneration") == deployment["metadata"]["generation"],
            release=release,
            image=image(deployment["spec"]),
            stable=release if complete else "",
            active="",
            preview="",
            step=0,
            steps=(),
            weight=100,
            aborted=False,
            first=revision(deployment) == "1",
            revision=revision(deployment),
            pods=own(deployment, replica_sets, PLAIN_HASH),
        )

    @property
    def tag(self) -> str:
        """The tag of the newest specification's image."""
        return self.image.tag

    @property
    def doing(self) -> str:
        """The description of the current step; empty without steps and after the last."""
        return self.steps[self.step] if self.step < len(self.steps) else ""

    @property
    def canary(self) -> str:
        """The release that is rolling out, preview or canary; empty once it is stable."""
        return self.release if self.release != self.stable else ""

    @property
    def healthy(self) -> bool:
        """Whether the newest specification is fully rolled out."""
        return self.current and self.phase == "Healthy" and self.release == self.stable

    @property
    def paused(self) -> bool:
        """Whether the release is paused, at a step or for promotion."""
        return self._at_pause and not self.held

    @property
    def held(self) -> str:
        """Why the release is Paused, if that is not a pause of its strategy; otherwise empty."""
        if not self._at_pause:
            return ""
        # The message is one of several reasons, or says that a person paused it.
        reasons = filter(None, (self.message, *self.pauses))
        return next((each for each in reasons if each not in PLANNED), "")

    @property
    def shown(self) -> str:
        """The phase, with the reason if it is Paused and that is not a pause of its strategy."""
        if self.aborted:
            return "Aborted"
        return f"{self.phase}: {self.held}" if self.held else self.phase

    @property
    def _at_pause(self) -> bool:
        return self.current and self.phase == "Paused" and not self.aborted

    @property
    def failed(self) -> bool:
        """Whether the newest specification was aborted or does not start."""
        return self.current and (self.aborted or self.phase == "Degraded")

    @property
    def stable_tag(self) -> str:
        """The tag of the stable release; empty if there is none, or its ReplicaSet is gone."""
        return self.pods_of(self.stable).tag if self.stable else ""

    def pods_of(self, release: str) -> Pods:
        """The pods of one release; none if its ReplicaSet is gone."""
        return next(
            (each for each in self.pods if each.release == release), Pods(release, Image("", ""), 0, 0)
        )

    def role(self, release: str) -> str:
        """The name people use for a release at this moment."""
        if release == self.stable:
            return "active" if self.strategy == "blue-green" else "stable"
        if release == self.release:
            return "preview" if self.strategy == "blue-green" else "canary"
        return "old"
