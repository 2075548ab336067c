"""The observations of `wait`, kept for `report`: the cluster deletes much of the data after minutes."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from delivery.domain.analysis import Verdict
from delivery.domain.rollout import State

Observation = dict[str, Any]


@dataclass
class ObservationLog:
    """The observations of one release in one environment, in order, and the verdict of each analysis Job."""

    env: str
    tag: str = ""
    release: str = ""
    observations: list[Observation] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, env: str, tag: str, since: str = "") -> Self:
        """The saved log for this tag, with observations after `since`; empty if there are none."""
        try:
            found = json.loads((folder / f"{env}.json").read_text(encoding="utf-8"))
            kept = cls(
                **found | {"verdicts": {job: Verdict(**each) for job, each in found["verdicts"].items()}}
            )
        except (OSError, ValueError, KeyError, TypeError):
            return cls(env, tag)
        kept.observations = [each for each in kept.observations if each["at"] >= since]
        return kept if kept.tag == tag and kept.observations else cls(env, tag)

    def note(self, state: State, now: datetime) -> None:
        """Record an observation of the release if anything has changed since the last one."""
        if not state.current or state.tag != self.tag:
            return
        self.release = state.release
        seen = observation(state)
        if not self.observations or {**self.observations[-1], "at": ""} != {**seen, "at": ""}:
            self.observations.append(seen | {"at": stamp(now)})

    @property
    def last_step(self) -> str:
        """The last step in which the release was observed; an abort resets the Rollout to the first step."""
        at = [each for each in self.observations if each["doing"] and each["phase"] != "Aborted"]
        return f"step {at[-1]['step'] + 1} of {at[-1]['steps']}: {at[-1]['doing']}" if at else ""

    def save(self, folder: Path) -> None:
        """Save the log."""
        folder.mkdir(exist_ok=True)
        (folder / f"{self.env}.json").write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def observation(state: State) -> Observation:
    """An observation of a release as JSON, without its time."""
    return {
        "at": "",
        "phase": "Aborted" if state.aborted else state.phase,
        "message": state.message,
        "step": state.step if state.steps else None,
        "steps": len(state.steps),
        "doing": "" if state.aborted else state.doing,
        "weight": state.weight if state.steps else None,
        "active": state.active,
        "preview": state.preview,
        "pods": [
            {
                "release": each.release,
                "role": state.role(each.release),
                "tag": each.tag,
                "wanted": each.wanted,
                "ready": each.ready,
            }
            for each in state.pods
            if each.wanted or each.ready
        ],
    }


def stamp(at: datetime) -> str:
    """A time as Kubernetes writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
