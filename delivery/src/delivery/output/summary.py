"""Renders the Markdown for $GITHUB_STEP_SUMMARY; pure functions of the observations."""

from collections.abc import Iterable, Mapping

from delivery.domain.analysis import STOPPED, Run, Verdict
from delivery.domain.history import Deployment
from delivery.domain.observation_log import ObservationLog
from delivery.domain.rollout import State
from delivery.domain.settings import Settings
from delivery.output.markdown import render

Verdicts = Mapping[str, Verdict]  # by Job


def deployed(settings: Settings, made: Deployment, before: str) -> str:
    """The summary of a deployment that was committed and applied."""
    return render(
        "summary/deployed.md.j2",
        settings=settings,
        made=made,
        before=before,
        only_manifests=made.commit and made.tag == before,  # the same images, but another release
        people=[each.name for each in made.people],
        commits={"Source": made.source, "Deployment": made.commit},
    )


def preview_ready(settings: Settings, env: str, state: State) -> str:
    """The summary of a blue-green release that waits for promotion."""
    return render("summary/preview.md.j2", settings=settings, env=env, state=state)


def healthy(
    settings: Settings, env: str, state: State, runs: Iterable[Run], verdicts: Verdicts, *, first: bool
) -> str:
    """The summary of a fully rolled out release, with its steps and the results of their analyses."""
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
    """The result of a step's analysis, and the last reason of each of its checks."""
    found = [run for run in runs if run.step == number]
    last = {each.metric: each for run in found for each in run.measurements if each.ended}
    passed = "Successful" if all(run.phase == "Successful" for run in found) else "Failed"
    ended = STOPPED if any(each.stopped for each in last.values()) else passed
    return ended, {check: reason(verdicts, each.job) for check, each in last.items()}


def promoted(settings: Settings, env: str, state: State, before: str, *, by: str = "") -> str:
    """The summary of a preview that has become active, and who promoted it."""
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
    """The summary of a failed release: the check, its figures, the Job's log line, and what to do."""
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
    """The summary of a refused command, in one line."""
    return render("summary/refused.md.j2", title=title, why=why)


def checks(runs: Iterable[Run], verdicts: Verdicts) -> list[tuple[str, str, str, str]]:
    """Every measurement that has ended: its analysis, its check, its result and the reason from its Job."""
    return [
        (run.title, each.metric, each.phase, reason(verdicts, each.job))
        for run in runs
        for each in run.measurements
        if each.ended
    ]


def failed(runs: Iterable[Run], verdicts: Verdicts) -> list[tuple[Run, str, Verdict]]:
    """The measurements that failed, each with its run, Job and verdict."""
    return [
        (run, each.job, verdicts[each.job])
        for run in runs
        for each in run.measurements
        if each.ended and each.phase not in ("Successful", STOPPED) and each.job in verdicts
    ]


def reason(verdicts: Verdicts, job: str) -> str:
    """The reason from a Job's log; empty if the log was not read."""
    return verdicts[job].reason if job in verdicts else ""
