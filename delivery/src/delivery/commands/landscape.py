"""`delivery landscape`: updates the dashboard from git's history, and from the cluster if it answers."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from delivery.commands.options import DryRun, say
from delivery.domain.commits import Commit
from delivery.domain.errors import ConfigurationError, DeliveryError
from delivery.domain.report import record
from delivery.domain.rollout import State
from delivery.output import dashboard
from delivery.steps.deployment import Say
from delivery.steps.desired_state import DesiredState
from delivery.steps.project import Project

README = "README.md"


def command(
    push: Annotated[
        bool,
        typer.Option(
            "--push", help="commit it on origin's default branch; without it, change README.md here"
        ),
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="do not ask the cluster for phases")] = False,
    dry_run: DryRun = False,
) -> None:
    """Update the dashboard in README.md."""
    project = Project.here(dry_run=dry_run)
    changed = renew(project, say, push=push, offline=offline)
    say("the dashboard was updated" if changed else "the dashboard is up to date")
    project.output(changed=str(changed).lower())


def renew(project: Project, say: Say, *, push: bool, offline: bool) -> bool:
    """Write the dashboard into README.md, on main or in this checkout; returns whether it has changed."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    desired = DesiredState.now(project)

    def phases() -> dict[str, str]:
        return {} if offline else live(project, say)

    if push:  # each attempt reads the phases again, because another push may have changed one
        made = project.git.publish(
            lambda tip: _commit(desired.at(tip), project, phases(), now), project.runner, tip=desired.commit
        )
        return bool(made)
    file = project.root / README
    before = file.read_text(encoding="utf-8")
    after = renewed(project, desired, before, phases(), now)
    if project.runner.dry_run:
        project.runner.say(after)
    elif after != before:
        file.write_text(after, encoding="utf-8")
    return after != before


def _commit(desired: DesiredState, project: Project, phases: dict[str, str], now: datetime) -> Commit | None:
    before = project.git.read(desired.commit, README)
    if before is None:
        raise ConfigurationError(f"{project.git.branch} has no {README} for the dashboard")
    after = renewed(project, desired, before, phases, now)
    return None if after == before else Commit({README: after}, "docs: renew the deployment dashboard\n")


def renewed(
    project: Project, desired: DesiredState, readme: str, phases: dict[str, str], now: datetime
) -> str:
    """README with the dashboard of a commit; unchanged if only relative times would change."""
    drawn = at(project, desired, phases)
    then = dashboard.updated(readme)
    if then is not None and dashboard.replaced(readme, drawn(then)) == readme:
        return readme
    return dashboard.replaced(readme, drawn(now))


def at(project: Project, desired: DesiredState, phases: dict[str, str]) -> Callable[[datetime], str]:
    """The dashboard of a desired state, as a function of the time."""
    reports = written(desired)
    names = project.settings.env_names
    previews = [each.name for each in project.settings.environments if each.blue_green]
    known = {env: phases.get(env) or recorded(desired, env, reports) for env in names}
    return lambda now: dashboard.dashboard(
        project.settings, desired.deployments, phases=known, previews=previews, reports=reports, now=now
    )


def live(project: Project, say: Say) -> dict[str, str]:
    """The current phases in the cluster, without environments that it does not have."""
    found = {}
    for env in project.settings.env_names:
        cluster = project.cluster(env)
        try:
            cluster.require()
            state = State.read(cluster.objects())
        except DeliveryError as error:
            say(f"showing the last reported phase of {env}: {error}")
            continue
        if state is not None:
            found[env] = state.shown
    return found


def written(desired: DesiredState) -> dict[str, str]:
    """The reports in git, by the commit of their deployment."""
    listed = desired.git("ls-tree", "-r", "--name-only", desired.commit, "--", record.FOLDER)
    return record.found(desired.deployments, listed.splitlines())


def recorded(desired: DesiredState, env: str, reports: dict[str, str]) -> str:
    """The phase in the report of the last deployment; empty without a report."""
    last = desired.latest(env)
    path = reports.get(last.commit, "") if last else ""
    said = desired.git.read(desired.commit, record.beside(path)) if path else None
    try:
        return str(json.loads(said or "{}").get("outcome", ""))
    except (ValueError, AttributeError):  # somebody edited it
        return ""
