"""What $GITHUB_STEP_SUMMARY says: pure functions from what was seen to Markdown."""

from collections.abc import Iterable, Mapping

from delivery.domain.analysis import SIGNS, STOPPED, Run, Verdict
from delivery.domain.history import Deployment
from delivery.domain.observation_log import ObservationLog
from delivery.domain.rollout import State
from delivery.domain.settings import Settings
from delivery.output import workflow_links
from delivery.output.markdown import code, quoted, table, text

BADGE = "https://img.shields.io/badge/Promote_to_Active-Click_Here-success"


def deployed(settings: Settings, made: Deployment, before: str) -> str:
    """A deployment that was committed and applied."""
    people = ", ".join(text(each.name) for each in made.people) or "not known"
    rows = [
        ["Before", former(made, before) if before else "nothing"],
        ["By", people + (f", {text(made.button)}" if made.button else "")],
        ["Source", commit_link(settings, made.source)],
        ["Deployment", commit_link(settings, made.commit)],
    ]
    verb = "Rolled back" if made.rollback_of else "Deployed to"
    if made.reason:
        rows.append(["Reason", text(made.reason, 200)])
    return f"### {verb} {made.env}\n\n" + table([made.env, code(made.tag)], rows)


def former(made: Deployment, before: str) -> str:
    """What was deployed before; the same images with other manifests are another release."""
    return code(before) + (", other manifests" if made.commit and made.tag == before else "")


def preview_ready(settings: Settings, env: str, state: State) -> str:
    """A blue-green release that waits for a person."""
    preview, active = settings.url(env, "vote-preview"), settings.url(env)
    link = workflow_links.promote_rollout(settings, env)
    rows = [["Vote", f"[Preview]({preview})", f"[Active]({active})"]]
    running = state.stable_tag
    return (
        "### ✅ Preview Ready for Testing\n\n"
        + table(["App", "Preview URL (New)", "Active URL (Current)"], rows)
        + f"\nPreview is {code(state.tag)}, active is {code(running) if running else 'not known'}.\n\n"
        "### 🚀 Next Step: Promote to Active\n\n"
        f"[![Promote]({BADGE})]({link})\n\n"
        f"Not good? [Roll back]({workflow_links.rollback(settings)}) {env}: active never notices.\n"
    )


def healthy(
    settings: Settings,
    env: str,
    state: State,
    runs: Iterable[Run],
    verdicts: Mapping[str, Verdict],
    *,
    first: bool,
) -> str:
    """A release that is fully rolled out, with its steps and what their analyses found."""
    runs = list(runs)
    lines = [f"### ✅ {env} is Healthy\n", f"{code(state.tag)} runs at <{settings.url(env)}>.\n"]
    if first and state.strategy != "rolling":
        lines.append(
            "It is the first release here: there was nothing to compare it with, so it went straight on.\n"
        )
    if state.strategy == "canary" and not first:
        steps = [[str(i + 1), each, verdict(runs, verdicts, i)] for i, each in enumerate(state.steps)]
        lines.append(table(["Step", "What it did", "Verdict"], steps))
    return "\n".join([*lines, checks(runs, verdicts)]).rstrip() + "\n"


def verdict(runs: Iterable[Run], verdicts: Mapping[str, Verdict], step: int) -> str:
    """What the analysis of a step found: the last words of each of its checks; empty without one."""
    found = [run for run in runs if run.step == step]
    last = {each.metric: each for run in found for each in run.measurements if each.ended}
    words = "; ".join(f"{name}: {text(reason(verdicts, each.job), 200)}" for name, each in last.items())
    passed = "✅" if all(run.phase == "Successful" for run in found) else "❌"
    sign = SIGNS[STOPPED] if any(each.stopped for each in last.values()) else passed
    return f"{sign} {words}" if words else ""


def promoted(settings: Settings, env: str, state: State, before: str, *, by: str = "") -> str:
    """A preview that has become active, and who pressed the button for that."""
    rows = [
        ["Active", code(state.tag)],
        ["Before", code(before) if before else "not known"],
        ["Phase", state.phase],
        *([["By", text(by)]] if by else []),
    ]
    return f"### ✅ Post-Promotion Status: {state.phase}\n\n" + table([env, f"<{settings.url(env)}>"], rows)


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
    runs, verdicts = list(runs), log.verdicts
    lines = [f"### ❌ {env}: stopped\n", f"{text(why, 400)}\n"]
    if state is not None and state.aborted:
        at = f" at {text(log.last_step)}" if log.last_step else ""
        lines.append(f"Users are on {code(state.stable_tag)} again; {code(state.tag)} was aborted{at}.\n")
    for run, job, said in failed(runs, verdicts):
        lines += [
            f"**{text(said.check)}** ({run.title}, Job {code(job)}): {text(said.reason, 200)}\n",
            quoted(
                f"asked {said.asked or 'nothing'}, HTTP {said.status or 'none'}, got {said.got or 'nothing'}"
            )
            + "\n",
        ]
    lines += [
        checks(runs, verdicts),
        f"**Way out:** [roll back]({workflow_links.rollback(settings)}) {env}, or "
        + code(f"delivery rollback {env} --reason ...")
        + "; fix it, and deploy a new tag.\n",
    ]
    return "\n".join(lines).rstrip() + "\n"


def refused(title: str, why: str) -> str:
    """A command that ended early, in one line."""
    return f"### {title}\n\n{text(why, 600)}\n"


def checks(runs: Iterable[Run], verdicts: Mapping[str, Verdict]) -> str:
    """Every analysis with its measurements; empty without any."""
    rows = [
        [
            run.title,
            each.metric,
            SIGNS.get(each.phase, each.phase),
            text(reason(verdicts, each.job), 200),
        ]
        for run in runs
        for each in run.measurements
        if each.ended
    ]
    return table(["Analysis", "Check", "", "What it found"], rows) if rows else ""


def failed(runs: Iterable[Run], verdicts: Mapping[str, Verdict]) -> list[tuple[Run, str, Verdict]]:
    """The measurements that did not pass, each with its run, Job and line."""
    return [
        (run, each.job, verdicts[each.job])
        for run in runs
        for each in run.measurements
        if each.ended and each.phase not in ("Successful", STOPPED) and each.job in verdicts
    ]


def reason(verdicts: Mapping[str, Verdict], job: str) -> str:
    """What a Job said."""
    return verdicts[job].reason if job in verdicts else "its log was not read"


def commit_link(settings: Settings, commit: str) -> str:
    """A commit's page."""
    return f"[{code(commit[:7])}]({settings.github}/commit/{commit})" if commit else "not known"
