"""`delivery rollback`: restores the previous release with its images, manifests and configuration."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from delivery.commands.options import DryRun, Env, Seconds, hand_over_release, say
from delivery.domain.errors import ConfigurationError
from delivery.domain.history import Deployment
from delivery.domain.progress import Goal
from delivery.domain.rollback import target
from delivery.domain.rollout import State
from delivery.steps import deployment, manifests
from delivery.steps.deployment import Say
from delivery.steps.desired_state import DesiredState
from delivery.steps.project import Project
from delivery.steps.watch import SEEN_S, Watch, settle, watch


def command(
    env: Env,
    reason: Annotated[str, typer.Option(help="why, for the commit and the report")],
    timeout: Seconds = 1200,
    dry_run: DryRun = False,
) -> None:
    """Roll back to the previous release: abort a running rollout, revert its commit, wait for Healthy."""
    if not reason.strip():
        raise ConfigurationError("say why: --reason TEXT")
    project = Project.here(dry_run=dry_run)
    made, state = rollback(project, env, reason, timeout, say)
    project.output(changed=str(bool(made.commit)).lower(), commit=made.commit)
    if state:
        hand_over_release(project, env, state)


def rollback(
    project: Project, env: str, why: str, seconds: float, say: Say
) -> tuple[Deployment, State | None]:
    """Abort a running rollout, restore the previous release in git and the cluster, and wait for it.

    Images, manifests and configuration are restored. A template that users never had passes all steps.
    """
    cluster = project.cluster(project.settings.environment(env).name)
    cluster.require()
    desired = DesiredState.now(project)
    deployed, current = desired.of(env), desired.overlay(env).tag
    state = State.read(cluster.objects())
    has_steps = state is not None and state.strategy != "rolling"
    rolling_out = state is not None and state.release != state.stable
    stable = state.stable_tag if state and (rolling_out or state.tag != current) else ""
    to = target(deployed, current, stable)
    if state and has_steps and rolling_out and not state.aborted:
        say(f"{current} is still rolling out; aborting it")
        cluster.plugin("abort", runner=project.runner)
    wanted = replace(
        deployment.again(project, to, env),
        images=tuple(desired.overlay(env, to.commit).images.values()),  # the trailers could name others
        rollback_of=current,
        restores=to.commit,
        reason=why,
        manifests=manifests.recorded(project.git, to),
    )
    made = deployment.commit_and_apply(project, desired, wanted, say)
    project.output(image_tag=to.tag)  # set early, so that a failure from here on is reported, too
    if project.runner.dry_run:
        return made, None
    seen = watch(project, env, to.tag, made.at, say)
    if not state or not has_steps:
        return made, settle(project, seen, "healthy", seconds)
    goal = past_steps(project, seen, state, deployed, say)
    return made, settle(project, seen, goal, seconds)


def past_steps(
    project: Project, seen: Watch, stable: State, deployed: Sequence[Deployment], say: Say
) -> Goal:
    """Skip the steps of a release that users had before; any other passes them. Returns the goal to await."""
    back = seen.until("seen", SEEN_S)
    if back.release in {each.stable for each in deployed} - {stable.stable}:
        # Users had exactly this template: skip steps, analyses and the promotion.
        seen.cluster.plugin("promote", "--full", runner=project.runner)
    elif back.release != stable.stable:
        say(f"{back.tag} never ran in this form in {seen.cluster.env}: it passes all steps and analyses")
        return "paused" if stable.strategy == "blue-green" else "healthy"
    return "healthy"
