"""`delivery promote-rollout`: promotes a paused preview to active."""

from typing import Annotated

import typer

from delivery.adapters import pages
from delivery.commands.options import DryRun, Env, Seconds, hand_over_release, say
from delivery.domain import gates
from delivery.domain.image import Image
from delivery.domain.rollout import State
from delivery.output import summary
from delivery.steps.deployment import Say
from delivery.steps.desired_state import DesiredState
from delivery.steps.project import Project
from delivery.steps.watch import settle, watch


def command(
    env: Env,
    confirm: Annotated[str, typer.Option(help='"promote"')],
    timeout: Seconds = 600,
    dry_run: DryRun = False,
) -> None:
    """Promote the paused preview to active."""
    project = Project.here(dry_run=dry_run)
    hand_over_release(project, env, promote_rollout(project, env, confirm, timeout, say))


def promote_rollout(project: Project, env: str, confirm: str, seconds: float, say: Say) -> State:
    """Promote the paused release to active, and return once its URL shows it."""
    cluster = project.cluster(project.settings.environment(env).name)
    if confirm != gates.CONFIRMATION:
        gates.may_become_active(env, confirm, Image("", ""), None)
    cluster.require()
    desired = DesiredState.now(project)
    named = desired.overlay(env)
    seen = watch(project, env, named.tag, desired.deployed_at(env, named.tag), say)
    seen.look()
    gates.may_become_active(env, confirm, named.images["vote"], seen.state)
    before = seen.state.stable_tag if seen.state else ""
    project.output(image_tag=named.tag)  # set early, so that a failure from here on is reported, too
    cluster.plugin("promote", runner=project.runner)
    if project.runner.dry_run and seen.state:
        return seen.state
    state = settle(project, seen, "healthy", seconds)
    with pages.client(project.settings.url(env)) as page:
        pages.wait_for(page, state.release)
    say(f"{project.settings.url(env)} shows release {state.release} ({named.tag})")
    project.summarize(summary.promoted(project.settings, env, state, before, by=project.actions.actor))
    return state
