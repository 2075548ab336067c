"""What to say about a rollout: one line for each thing that has changed since the last look."""

from collections.abc import Iterable, Mapping

from demo.analysis import Run, Verdict
from demo.rollout import State
from demo.voters import Count


def changes(before: State | None, after: State) -> list[str]:
    """Lines about what is new in the Rollout, in the order in which people want to hear it."""
    if not after.current:
        return []  # what it says is about the specification before
    lines = []
    if before is None or (before.step, before.release) != (after.step, after.release):
        lines += step(after)
    if before is None or pods(before) != pods(after):
        lines.append(pods(after))
    if before is None or (before.phase, before.aborted) != (after.phase, after.aborted):
        lines.append(phase(after))
    return lines


def step(state: State) -> list[str]:
    """Which step a canary is at; nothing where there are no steps or none is left."""
    if not state.canary or state.aborted or not state.doing:
        return []
    return [f"step {state.step + 1} of {state.steps}, at {state.weight} %: {state.doing}"]


def pods(state: State) -> str:
    """How many pods each release has."""
    have = [each for each in state.pods if each.wanted or each.ready]
    return "pods: " + ", ".join(
        f"{role(state, each.release)} {each.ready} of {each.wanted} ready" for each in have
    )


def phase(state: State) -> str:
    """The phase, and why."""
    if state.aborted:
        return f"aborted: {state.message}"
    return f"{state.phase}: {state.message}" if state.message else state.phase


def role(state: State, release: str) -> str:
    """How people call a release at this moment, with its hash."""
    if not release:
        return "no release"
    names = {
        state.preview: "preview",
        state.canary: "preview" if state.preview else "canary",
        state.stable: "active" if state.active else "stable",
    }
    return f"{names.get(release, 'old')} {release}"


def votes(state: State, counts: Mapping[str, Count]) -> str:
    """How many votes each release accepted and failed so far."""
    return "votes: " + ", ".join(
        f"{role(state, release)} {count.ok} OK {count.failed} failed"
        for release, count in sorted(counts.items(), key=lambda each: each[0] != state.stable)
    )


def ended(before: Iterable[Run], after: Iterable[Run]) -> list[tuple[Run, str, str]]:
    """The measurements that have ended since the last look: their run, Job and phase."""
    known = {each.job for run in before for each in run.measurements if each.ended}
    return [
        (run, each.job, each.phase)
        for run in after
        for each in run.measurements
        if each.ended and each.job not in known
    ]


def verdict(run: Run, phase: str, said: Verdict | None) -> str:
    """What one measurement of an analysis found."""
    kind = {"Background": "background analysis", "PrePromotion": "analysis before promotion"}.get(
        run.kind, "analysis"
    )
    what = f"{said.check} {'passed' if said.passed else 'failed'}: {said.reason}" if said else phase
    return f"{kind}: {what}"
