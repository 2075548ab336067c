"""The analyses of a release: AnalysisRuns, their Jobs, and the Jobs' log lines."""

import json
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Self

from stage.objects import Object, named
from stage.rollout import HASH
from stage.workloads import revision

# A measurement that Argo Rollouts stopped together with its rollout is Successful, with this message.
TERMINATED = "Metric Terminated"
STOPPED = "Stopped"
SIGNS = {"Successful": "✅", "Failed": "❌", "Error": "❌", STOPPED: "⏹"}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The one line that an analysis Job prints."""

    check: str
    asked: str
    status: str
    got: str
    passed: bool
    reason: str

    @classmethod
    def read(cls, line: str) -> Self | None:
        """The Verdict in a log line of analyse.sh; None if it is another line."""
        try:
            said = json.loads(line)
            values = {key: str(said[key]) for key in ("check", "asked", "status", "got", "reason")}
            return cls(**values, passed=said["verdict"] == "pass")
        except (ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One Job of an AnalysisRun."""

    metric: str
    job: str
    phase: str  # the phase of Argo Rollouts, or STOPPED
    started: str
    finished: str

    @property
    def stopped(self) -> bool:
        """Whether its rollout ended first, so that it has no result."""
        return self.phase == STOPPED

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.phase not in ("", "Pending", "Running")


@dataclass(frozen=True, kw_only=True)
class Run:
    """One AnalysisRun of a release."""

    name: str
    kind: str  # Background, Step or PrePromotion
    step: int | None  # the index of the canary's step
    release: str
    revision: str  # the Rollout's
    phase: str
    message: str
    started: str
    measurements: tuple[Measurement, ...]

    @classmethod
    def read(cls, run: Object) -> Self:
        """The Run in an AnalysisRun's JSON."""
        labels, status = run["metadata"].get("labels", {}), run.get("status", {})
        return cls(
            name=run["metadata"]["name"],
            kind=labels.get("rollout-type", ""),
            step=int(labels["step-index"]) if "step-index" in labels else None,
            release=labels.get(HASH, ""),
            revision=revision(run),
            phase=status.get("phase", ""),
            message=status.get("message", ""),
            started=status.get("startedAt", run["metadata"]["creationTimestamp"]),
            measurements=tuple(
                Measurement(
                    metric=metric["name"],
                    job=each.get("metadata", {}).get("job-name", ""),
                    phase=STOPPED if each.get("message") == TERMINATED else each["phase"],
                    started=each.get("startedAt", ""),
                    finished=each.get("finishedAt", ""),
                )
                for metric in status.get("metricResults", [])
                for each in metric.get("measurements", [])
            ),
        )

    @property
    def title(self) -> str:
        """The name people use for it."""
        where = "" if self.step is None else f" at step {self.step + 1}"
        kinds = {"Background": "background analysis", "PrePromotion": "analysis before promotion"}
        return kinds.get(self.kind, f"analysis{where}")


def runs(objects: Iterable[Object], release: str, since: str = "", revision: str = "") -> list[Run]:
    """The AnalysisRuns of one release since `since`, by the cluster's clock, oldest first.

    `revision` leaves out those of an earlier deployment of the same release.
    """
    found = [Run.read(each) for each in named(objects, "AnalysisRun")]
    ours = (each for each in found if each.release == release and each.started >= since)
    newest = (each for each in ours if not revision or each.revision == revision)
    return sorted(newest, key=lambda each: each.started)


def ended(runs: Iterable[Run], known: Container[str] = ()) -> list[tuple[Run, Measurement]]:
    """The measurements that have ended, except those of known Jobs, each with its run."""
    return [
        (run, each)
        for run in runs
        for each in run.measurements
        if each.ended and each.job and each.job not in known
    ]
