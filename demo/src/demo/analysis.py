"""What the analysis of a release asked, and what it was told: AnalysisRuns, their Jobs and log lines."""

import json
from dataclasses import dataclass
from typing import Self

from delivery.kubectl import Object
from delivery.programs import ToolError
from demo.kubectl import Kubectl
from demo.rollout import HASH


@dataclass(frozen=True)
class Measurement:
    """One Job of an AnalysisRun."""

    metric: str
    job: str
    phase: str

    @property
    def ended(self) -> bool:
        """Whether it has come to its end."""
        return self.phase not in ("", "Pending", "Running")


@dataclass(frozen=True, kw_only=True)
class Run:
    """One AnalysisRun of a release."""

    name: str
    kind: str  # Background, Step or PrePromotion
    release: str
    phase: str
    message: str
    measurements: tuple[Measurement, ...]

    @classmethod
    def read(cls, run: Object) -> Self:
        """The Run in an AnalysisRun's JSON."""
        labels, status = run["metadata"].get("labels", {}), run.get("status", {})
        return cls(
            name=run["metadata"]["name"],
            kind=labels.get("rollout-type", ""),
            release=labels.get(HASH, ""),
            phase=status.get("phase", ""),
            message=status.get("message", ""),
            measurements=tuple(
                Measurement(metric["name"], each.get("metadata", {}).get("job-name", ""), each["phase"])
                for metric in status.get("metricResults", [])
                for each in metric.get("measurements", [])
            ),
        )


@dataclass(frozen=True)
class Verdict:
    """The one line that an analysis Job prints."""

    check: str
    release: str
    passed: bool
    reason: str

    @classmethod
    def read(cls, line: str) -> Self:
        """The Verdict in a log line of analyse.sh."""
        said = json.loads(line)
        return cls(said["check"], said["release"], said["verdict"] == "pass", said["reason"])


def runs(kubectl: Kubectl, namespace: str, release: str = "") -> list[Run]:
    """The AnalysisRuns of a namespace, oldest first; of one release if it is named."""
    selector = f"--selector={HASH}={release}" if release else f"--selector={HASH}"
    found = kubectl.objects("analysisruns.argoproj.io", namespace, selector)
    found.sort(key=lambda run: run["metadata"]["creationTimestamp"])
    return [Run.read(run) for run in found]


def verdict(kubectl: Kubectl, namespace: str, job: str) -> Verdict | None:
    """What an analysis Job said; None if it said nothing or is gone, as it is two minutes after its end."""
    try:
        lines = kubectl("logs", f"job/{job}", f"--namespace={namespace}", "--tail=1").splitlines()
        return Verdict.read(lines[-1]) if lines else None
    except (ToolError, ValueError, KeyError):
        return None


def verdicts(kubectl: Kubectl, namespace: str, release: str) -> list[Verdict]:
    """What every Job of a release's analysis that can still be read has said."""
    jobs = [each.job for run in runs(kubectl, namespace, release) for each in run.measurements if each.ended]
    said = (verdict(kubectl, namespace, job) for job in jobs)
    return [each for each in said if each is not None]
