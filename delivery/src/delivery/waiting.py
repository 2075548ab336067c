"""Waiting until a release is Healthy or Paused: a line for each change, and a bounded time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from delivery import analysis, narration, workloads
from delivery.errors import DeliveryError, GateError, NothingToDoError, TimedOutError
from delivery.kubectl import Cluster, Object, named
from delivery.notebook import Notebook
from delivery.programs import ToolError
from delivery.rollout import State

Goal = Literal["seen", "healthy", "paused"]
PAUSE_S = 1.0  # between two looks
INCONCLUSIVE = "Inconclusive"  # of an analysis or an experiment: the rollout does not go on by itself
TWICE = 2  # looks that must agree on a failure: a new specification may still show the old one's abort


def reached(
    env: str, goal: Goal, tag: str, state: State | None, *, unready: list[str], stuck: list[str]
) -> bool:
    """Whether the release of this tag is where it should be; raises if it never will be."""
    if state is None or not state.current or state.tag != tag:
        return False
    if goal == "seen":
        return True
    if state.failed:
        raise GateError(
            f"{tag} {'was aborted' if state.aborted else 'does not come up'} in {env}: {state.message}"
        )
    if state.held.startswith(INCONCLUSIVE):
        raise GateError(
            f"{tag} is Paused in {env}: {state.held}; look at its analysis, then deploy a new tag "
            f"or roll back: delivery rollback {env} --reason ..."
        )
    if stuck:
        raise GateError(f"{tag} does not come up in {env}: {', '.join(stuck)} made no progress")
    if goal == "healthy":
        return state.healthy and not unready
    if state.healthy and not state.first:
        raise NothingToDoError(f"{tag} is active in {env} already, there is no preview to wait for")
    return state.paused or state.healthy  # the first release has nothing to be compared with


def standing(state: State | None, tag: str, unready: list[str]) -> str:
    """How things stand, for a wait that took too long."""
    if state is None:
        return "vote is not deployed"
    if state.tag != tag:
        return f"it runs {state.tag}"
    others = f"; not ready: {', '.join(unready)}" if unready else ""
    return f"it is {narration.phase(state) or 'new'}{others}"


@dataclass
class Watch:
    """Looks at one environment again and again, notes what it sees and says what has changed."""

    cluster: Cluster
    notebook: Notebook
    folder: Path  # of the notebook
    say: Callable[[str], None]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    state: State | None = None
    runs: list[analysis.Run] = field(default_factory=list)
    unready: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = bool(self.notebook.observations)  # the release was there

    def look(self) -> None:
        """Look once."""
        objects = self.cluster.objects()
        before, self.state = self.state, State.read(objects)
        self.unready = unready(objects)
        self.stuck = [name(each) for each in others(objects) if workloads.no_progress(each)]
        if self.state is None:
            return
        if self.state.tag != self.notebook.tag:
            if self.began:
                raise GateError(f"{self.notebook.tag} was replaced in {self.cluster.env} by {self.state.tag}")
            return  # what it does is about another release
        self.began = True
        for line in narration.changes(before, self.state):
            self.say(line)
        self.notebook.note(self.state, self.now())
        self.runs = analysis.runs(objects, self.state.release, revision=self.state.revision)
        self._listen()
        self.notebook.save(self.folder)

    def until(self, goal: Goal, seconds: float) -> State:
        """The State in which the release is where it should be."""
        env, tag = self.cluster.env, self.notebook.tag
        end, failures, problem = time.monotonic() + seconds, 0, ""
        while time.monotonic() < end:
            try:
                self.look()
                problem = ""
                if reached(env, goal, tag, self.state, unready=self.unready, stuck=self.stuck) and self.state:
                    return self.state
                failures = 0
            except (GateError, NothingToDoError):
                failures += 1
                if failures == TWICE:
                    raise
            except (ToolError, TimedOutError) as error:  # the API server may be away for a moment
                problem = str(error)
            time.sleep(PAUSE_S)
        reason = problem or standing(self.state, tag, self.unready)
        raise TimedOutError(
            f"{tag} is not {goal} in {env} after {seconds:g} s: {reason}; "
            f"look: delivery status {env}, or roll back: delivery rollback {env} --reason ..."
        )

    def aftermath(self, seconds: float) -> None:
        """Go on looking, for a bounded time, until users are back on the stable release alone."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not recovered(self.state):
            time.sleep(PAUSE_S)
            try:
                self.look()
            except DeliveryError:
                return  # the failure before is what matters

    def _listen(self) -> None:
        known = self.notebook.verdicts
        for run, each in analysis.ended(self.runs, known):
            line = "" if each.stopped else self.cluster.log(each.job)
            if line is None:
                continue  # the API server is away for a moment
            said = analysis.Verdict.read(line)
            known[each.job] = said or gone(each)
            self.say(narration.measured(run, each, said))


def recovered(state: State | None) -> bool:
    """Whether an aborted release has no pods left, and the stable one has all of its."""
    if state is None or not state.aborted:
        return True
    stable, aborted = state.pods_of(state.stable), state.pods_of(state.release)
    return stable.ready == stable.wanted and not aborted.wanted and not aborted.ready


def gone(measurement: analysis.Measurement) -> analysis.Verdict:
    """What stands for a Job that can't be read any more: its end is known, its figures are not."""
    passed = measurement.phase == "Successful"
    reason = "stopped" if measurement.stopped else "its log is gone"
    return analysis.Verdict(
        check=measurement.metric, asked="", status="", got="", passed=passed, reason=reason
    )


def others(objects: list[Object]) -> list[Object]:
    """The environment's workloads beside vote."""
    found = [*named(objects, "Deployment"), *named(objects, "StatefulSet")]
    return [each for each in found if each["metadata"]["name"] != "vote"]


def unready(objects: list[Object]) -> list[str]:
    """The names of those that are not ready."""
    return [name(each) for each in others(objects) if not workloads.ready(each)]


def name(workload: Object) -> str:
    """How to speak of it."""
    return str(workload["metadata"]["name"])
