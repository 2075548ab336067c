"""`delivery wait`: waits until a release is Healthy or Paused."""

from typing import Annotated, Literal

import typer

from delivery.commands.options import Env, Seconds, Tag, hand_over_release, say
from delivery.domain import tags
from delivery.domain.progress import Goal
from delivery.domain.rollout import State
from delivery.output import summary
from delivery.steps.deployment import Say
from delivery.steps.desired_state import DesiredState
from delivery.steps.project import Project
from delivery.steps.watch import settle, watch


def command(
    env: Env,
    goal: Annotated[
        Literal["healthy", "paused"] | None,
        typer.Option("--for", help="default: paused for blue-green, else healthy"),
    ] = None,
    image_tag: Tag = None,
    timeout: Seconds = 1800,
) -> None:
    """Wait until the release is Healthy or Paused, and print a line for each change."""
    project = Project.here()
    goal = goal or ("paused" if project.settings.environment(env).blue_green else "healthy")
    state = wait(project, env, goal, tag=image_tag, seconds=timeout, say=say)
    hand_over_release(project, env, state)


def wait(project: Project, env: str, goal: Goal, *, tag: str | None, seconds: float, say: Say) -> State:
    """Wait until the release has reached the goal, and write a summary."""
    project.cluster(env).require()
    desired = DesiredState.now(project)
    tag = desired.overlay(env).tag if tag is None else tags.checked(tag)
    seen = watch(project, env, tag, desired.deployed_at(env, tag), say)
    state = settle(project, seen, goal, seconds)
    if goal == "paused" and state.paused:
        project.summarize(summary.preview_ready(project.settings, env, state))
    else:
        verdicts = seen.log.verdicts
        project.summarize(
            summary.healthy(project.settings, env, state, seen.runs, verdicts, first=state.first)
        )
    return state
