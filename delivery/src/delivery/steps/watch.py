"""Watches a release until it has reached its goal: prints a line for each change, and has a timeout."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from delivery.adapters.kubectl import Cluster
from delivery.adapters.polling import within
from delivery.adapters.process import ToolError
from delivery.domain import analysis, workloads
from delivery.domain.errors import DeliveryError, GateError, NothingToDoError, TimedOutError
from delivery.domain.observation_log import ObservationLog, stamp
from delivery.domain.progress import Goal, name, others, reached, recovered, unready
from delivery.domain.rollout import State
from delivery.output import log_lines, summary
from delivery.steps.project import Project

AFTERMATH_S = 60  # pods of an aborted release are deleted after 30 seconds
PAUSE_S = 1.0  # between two polls
SEEN_S = 60  # the time for a controller to observe a new specification
TWICE = 2  # a failure must be seen in two polls: a new specification may still show the abort of the old one


@dataclass
class Watch:
    """Polls one environment, records its observations and prints changes."""

    cluster: Cluster
    log: ObservationLog
    folder: Path  # of the log
    say: Callable[[str], None]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    state: State | None = None
    runs: list[analysis.Run] = field(default_factory=list)
    unready: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = bool(self.log.observations)  # the release has been observed

    def look(self) -> None:
        """Poll once."""
        objects = self.cluster.objects()
        before, self.state = self.state, State.read(objects)
        self.unready = unready(objects)
        self.stuck = [name(each) for each in others(objects) if workloads.no_progress(each)]
        if self.state is None:
            return
        if self.state.tag != self.log.tag:
            if self.began:
                raise GateError(f"{self.log.tag} was replaced in {self.cluster.env} by {self.state.tag}")
            return  # this is the state of another release
        self.began = True
        for line in log_lines.changes(before, self.state):
            self.say(line)
        self.log.note(self.state, self.now())
        self.runs = analysis.runs(objects, self.state.release, revision=self.state.revision)
        self._listen()
        self.log.save(self.folder)

    def until(self, goal: Goal, seconds: float) -> State:
        """Poll until the release has reached the goal; returns its State."""
        env, tag = self.cluster.env, self.log.tag
        failures, problem = 0, ""

        def arrived() -> State | None:
            nonlocal failures, problem
            there = False
            try:
                self.look()
                problem = ""
                there = reached(env, goal, tag, self.state, unready=self.unready, stuck=self.stuck)
                failures = 0
            except (GateError, NothingToDoError):
                failures += 1
                if failures == TWICE:
                    raise
            except (ToolError, TimedOutError) as error:  # the API server may be unreachable for a moment
                problem = str(error)
            return self.state if there else None

        found = within(seconds, arrived, pause_s=PAUSE_S)
        if found is not None:
            return found
        reason = problem or log_lines.description(self.state, tag, self.unready)
        raise TimedOutError(
            f"{tag} is not {goal} in {env} after {seconds:g} s: {reason}; "
            f"see: delivery status {env}, or roll back: delivery rollback {env} --reason ..."
        )

    def aftermath(self, seconds: float) -> None:
        """Keep polling, with a timeout, until users are on the stable release only."""

        def back() -> bool:
            if not recovered(self.state):
                self.look()
            return recovered(self.state)

        with suppress(DeliveryError):  # the original failure is what matters
            within(seconds, back, pause_s=PAUSE_S)

    def _listen(self) -> None:
        known = self.log.verdicts
        for run, each in analysis.ended(self.runs, known):
            line = "" if each.stopped else self.cluster.log(each.job)
            if line is None:
                continue  # the API server is unreachable for a moment
            said = analysis.Verdict.read(line)
            known[each.job] = said or gone(each)
            self.say(log_lines.measured(run, each, said))


def gone(measurement: analysis.Measurement) -> analysis.Verdict:
    """The verdict of a Job whose log was deleted: its result is known, its figures are not."""
    passed = measurement.phase == "Successful"
    reason = "stopped" if measurement.stopped else "its log is gone"
    return analysis.Verdict(
        check=measurement.metric, asked="", status="", got="", passed=passed, reason=reason
    )


def watch(project: Project, env: str, tag: str, since: datetime | None, say: Callable[[str], None]) -> Watch:
    """A Watch on the release of a tag, which continues the log since its deployment."""
    log = ObservationLog.of(project.notes, env, tag, stamp(since) if since else "")
    return Watch(project.cluster(env), log, project.notes, say)


def settle(project: Project, seen: Watch, goal: Goal, seconds: float) -> State:
    """Wait for the goal; if the release fails, write a summary with the reasons of its failed checks."""
    try:
        return seen.until(goal, seconds)
    except DeliveryError as error:
        seen.aftermath(AFTERMATH_S)
        verdicts, env = seen.log.verdicts, seen.cluster.env
        found = summary.failed(seen.runs, verdicts)
        if found:
            reasons = "; ".join(dict.fromkeys(f"{said.check}: {said.reason}" for _, _, said in found))
            error = type(error)(f"{error} ({reasons})")
        if not isinstance(error, NothingToDoError):
            error.summary = summary.failure(
                project.settings, env, str(error), state=seen.state, runs=seen.runs, log=seen.log
            )
        raise error from None
