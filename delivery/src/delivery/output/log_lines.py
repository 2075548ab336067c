"""Log lines about a rollout: one for each change since the last poll."""

from delivery.domain.analysis import Measurement, Run, Verdict
from delivery.domain.rollout import State


def changes(before: State | None, after: State) -> list[str]:
    """A line for each change, the most relevant first."""
    if not after.current:
        return []  # this is the state of the previous specification
    lines = []
    if (before is None or (before.step, before.release) != (after.step, after.release)) and running(after):
        lines.append(f"step {after.step + 1} of {len(after.steps)}: {after.doing} (weight {after.weight} %)")
    if before is None or pods(before) != pods(after):
        lines.append(pods(after))
    if before is None or (before.phase, before.aborted) != (after.phase, after.aborted):
        lines.append(phase(after))
    return lines


def running(state: State) -> bool:
    """Whether a canary is at one of its steps."""
    return bool(state.canary and state.doing) and not state.aborted


def pods(state: State) -> str:
    """The pods of each release."""
    have = [each for each in state.pods if each.wanted or each.ready]
    shown = (
        f"{state.role(each.release)} {each.release} {each.ready} of {each.wanted} ready" for each in have
    )
    return "pods: " + (", ".join(shown) or "none")


def phase(state: State) -> str:
    """The phase and its reason."""
    if state.aborted:
        return f"aborted: {state.message}"
    return f"{state.phase}: {state.message}" if state.message else state.phase


def measured(run: Run, measurement: Measurement, said: Verdict | None) -> str:
    """The result of one measurement."""
    if measurement.stopped:
        return f"{run.title}: {measurement.metric} was stopped"
    found = (
        f"{said.check} {'passed' if said.passed else 'failed'}: {said.reason}"
        if said
        else (f"{measurement.metric} {measurement.phase}, its log is gone")
    )
    return f"{run.title}: {found}"


def description(state: State | None, tag: str, unready: list[str]) -> str:
    """The current state, for the error after a timeout."""
    if state is None:
        return "vote is not deployed"
    if state.tag != tag:
        return f"it runs {state.tag}"
    others = f"; not ready: {', '.join(unready)}" if unready else ""
    return f"it is {phase(state) or 'new'}{others}"
