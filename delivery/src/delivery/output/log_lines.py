"""What to say about a rollout: one line for each thing that has changed since the last look."""

from delivery.domain.analysis import Measurement, Run, Verdict
from delivery.domain.rollout import State


def changes(before: State | None, after: State) -> list[str]:
    """Lines about what is new, in the order in which people want to hear it."""
    if not after.current:
        return []  # what it says is about the specification before
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
    """How many pods each release has."""
    have = [each for each in state.pods if each.wanted or each.ready]
    shown = (
        f"{state.role(each.release)} {each.release} {each.ready} of {each.wanted} ready" for each in have
    )
    return "pods: " + (", ".join(shown) or "none")


def phase(state: State) -> str:
    """The phase, and why."""
    if state.aborted:
        return f"aborted: {state.message}"
    return f"{state.phase}: {state.message}" if state.message else state.phase


def measured(run: Run, measurement: Measurement, said: Verdict | None) -> str:
    """What one measurement of an analysis found."""
    if measurement.stopped:
        return f"{run.title}: {measurement.metric} was stopped"
    found = (
        f"{said.check} {'passed' if said.passed else 'failed'}: {said.reason}"
        if said
        else (f"{measurement.metric} {measurement.phase}, its log is gone")
    )
    return f"{run.title}: {found}"


def description(state: State | None, tag: str, unready: list[str]) -> str:
    """How things stand, for a wait that took too long."""
    if state is None:
        return "vote is not deployed"
    if state.tag != tag:
        return f"it runs {state.tag}"
    others = f"; not ready: {', '.join(unready)}" if unready else ""
    return f"it is {phase(state) or 'new'}{others}"
