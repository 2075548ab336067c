"""Watching a release until it is where it should be: a line for each change, and a bounded time."""

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

AFTERMATH_S = 60  # an aborted release's pods go after 30 seconds
PAUSE_S = 1.0  # between two looks
SEEN_S = 60  # within which a controller looks at a new specification
TWICE = 2  # looks that must agree on a failure: a new specification may still show the old one's abort


@dataclass
class Watch:
    """Looks at one environment again and again, notes what it sees and says what has changed."""

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
        self.began = bool(self.log.observations)  # the release was there

    def look(self) -> None:
        """Look once."""
        objects = self.cluster.objects()
        before, self.state = self.state, State.read(objects)
        self.unready = unready(objects)
        self.stuck = [name(each) for each in others(objects) if workloads.no_progress(each)]
        if self.state is None:
            return
        if self.state.tag != self.log.tag:
            if self.began:
                raise GateError(f"{self.log.tag} was replaced in {self.cluster.env} by {self.state.tag}")
            return  # what it does is about another release
        self.began = True
        for line in log_lines.changes(before, self.state):
            self.say(line)
        self.log.note(self.state, self.now())
        self.runs = analysis.runs(objects, self.state.release, revision=self.state.revision)
        self._listen()
        self.log.save(self.folder)

    def until(self, goal: Goal, seconds: float) -> State:
        """The State in which the release is where it should be."""
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
            except (ToolError, TimedOutError) as error:  # the API server may be away for a moment
                problem = str(error)
            return self.state if there else None

        found = within(seconds, arrived, pause_s=PAUSE_S)
        if found is not None:
            return found
        reason = problem or log_lines.description(self.state, tag, self.unready)
        raise TimedOutError(
            f"{tag} is not {goal} in {env} after {seconds:g} s: {reason}; "
            f"look: delivery status {env}, or roll back: delivery rollback {env} --reason ..."
        )

    def aftermath(self, seconds: float) -> None:
        """Go on looking, for a bounded time, until users are back on the stable release alone."""

        def back() -> bool:
            if not recovered(self.state):
                self.look()
            return recovered(self.state)

        with suppress(DeliveryError):  # the failure before is what matters
            within(seconds, back, pause_s=PAUSE_S)

    def _listen(self) -> None:
        known = self.log.verdicts
        for run, each in analysis.ended(self.runs, known):
            line = "" if each.stopped else self.cluster.log(each.job)
            if line is None:
                continue  # the API server is away for a moment
            said = analysis.Verdict.read(line)
            known[each.job] = said or gone(each)
            self.say(log_lines.measured(run, each, said))


def gone(measurement: analysis.Measurement) -> analysis.Verdict:
    """What stands for a Job that can't be read any more: its end is known, its figures are not."""
    passed = measurement.phase == "Successful"
    reason = "stopped" if measurement.stopped else "its log is gone"
    return analysis.Verdict(
        check=measurement.metric, asked="", status="", got="", passed=passed, reason=reason
    )


def watch(project: Project, env: str, tag: str, since: datetime | None, say: Callable[[str], None]) -> Watch:
    """A Watch on the release of a tag, which goes on with what was noted since its deployment."""
    log = ObservationLog.of(project.notes, env, tag, stamp(since) if since else "")
    return Watch(project.cluster(env), log, project.notes, say)


def settle(project: Project, seen: Watch, goal: Goal, seconds: float) -> State:
    """Wait for the goal; a release that fails on the way is summarized with the reason of its checks."""
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
