"""What $GITHUB_STEP_SUMMARY says: pure functions from what was seen to Markdown."""

from collections.abc import Iterable, Mapping

from delivery.domain.analysis import STOPPED, Run, Verdict
from delivery.domain.history import Deployment
from delivery.domain.observation_log import ObservationLog
from delivery.domain.rollout import State
from delivery.domain.settings import Settings
from delivery.output.markdown import render

Verdicts = Mapping[str, Verdict]  # by Job


def deployed(settings: Settings, made: Deployment, before: str) -> str:
    """A deployment that was committed and applied."""
    return render(
        "summary/deployed.md.j2",
        settings=settings,
        made=made,
        before=before,
        only_manifests=made.commit and made.tag == before,  # the same images, and yet another release
        people=[each.name for each in made.people],
        commits={"Source": made.source, "Deployment": made.commit},
    )


def preview_ready(settings: Settings, env: str, state: State) -> str:
    """A blue-green release that waits for a person."""
    return render("summary/preview.md.j2", settings=settings, env=env, state=state)


def healthy(
    settings: Settings, env: str, state: State, runs: Iterable[Run], verdicts: Verdicts, *, first: bool
) -> str:
    """A release that is fully rolled out, with its steps and what their analyses found."""
    runs = list(runs)
    canary = state.strategy == "canary" and not first
    return render(
        "summary/healthy.md.j2",
        settings=settings,
        env=env,
        state=state,
        first=first,
        steps=[(did, *step(runs, verdicts, i)) for i, did in enumerate(state.steps)] if canary else [],
        checks=checks(runs, verdicts),
    )


def step(runs: Iterable[Run], verdicts: Verdicts, number: int) -> tuple[str, dict[str, str]]:
    """How the analysis of a step ended, and the last words of each of its checks; none without one."""
    found = [run for run in runs if run.step == number]
    last = {each.metric: each for run in found for each in run.measurements if each.ended}
    passed = "Successful" if all(run.phase == "Successful" for run in found) else "Failed"
    ended = STOPPED if any(each.stopped for each in last.values()) else passed
    return ended, {check: reason(verdicts, each.job) for check, each in last.items()}


def promoted(settings: Settings, env: str, state: State, before: str, *, by: str = "") -> str:
    """A preview that has become active, and who pressed the button for that."""
    return render("summary/promoted.md.j2", settings=settings, env=env, state=state, before=before, by=by)


def failure(
    settings: Settings,
    env: str,
    why: str,
    *,
    state: State | None,
    runs: Iterable[Run],
    log: ObservationLog,
) -> str:
    """A release that was stopped: which check, its figures, the Job's own line, and the way out."""
    runs = list(runs)
    return render(
        "summary/failure.md.j2",
        settings=settings,
        env=env,
        why=why,
        state=state,
        last_step=log.last_step,
        failed=failed(runs, log.verdicts),
        checks=checks(runs, log.verdicts),
    )


def refused(title: str, why: str) -> str:
    """A command that ended early, in one line."""
    return render("summary/refused.md.j2", title=title, why=why)


def checks(runs: Iterable[Run], verdicts: Verdicts) -> list[tuple[str, str, str, str]]:
    """Every measurement that ended: its analysis, its check, how it ended and what its Job said."""
    return [
        (run.title, each.metric, each.phase, reason(verdicts, each.job))
        for run in runs
        for each in run.measurements
        if each.ended
    ]


def failed(runs: Iterable[Run], verdicts: Verdicts) -> list[tuple[Run, str, Verdict]]:
    """The measurements that did not pass, each with its run, Job and line."""
    return [
        (run, each.job, verdicts[each.job])
        for run in runs
        for each in run.measurements
        if each.ended and each.phase not in ("Successful", STOPPED) and each.job in verdicts
    ]


def reason(verdicts: Verdicts, job: str) -> str:
    """What a Job said; empty if nobody read its log."""
    return verdicts[job].reason if job in verdicts else ""
