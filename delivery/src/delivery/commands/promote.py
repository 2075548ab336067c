"""`delivery promote`: promotes the release of one environment to the next one."""

from dataclasses import replace
from typing import Annotated

import typer

from delivery.adapters import docker, pages
from delivery.commands.options import DryRun, hand_over_deployment, say
from delivery.domain import gates, workloads
from delivery.domain.history import Deployment
from delivery.domain.progress import name, others, unready
from delivery.domain.rollout import State
from delivery.steps import deployment, manifests, preflight
from delivery.steps.deployment import Say
from delivery.steps.desired_state import DesiredState
from delivery.steps.project import Project


def command(
    source: Annotated[str, typer.Argument(metavar="FROM", help="the environment with the release")],
    target: Annotated[str, typer.Argument(metavar="TO", help="the next environment")],
    dry_run: DryRun = False,
) -> None:
    """Deploy the images of a Healthy environment to the next one, by digest."""
    project = Project.here(dry_run=dry_run)
    hand_over_deployment(project, promote(project, source, target, say))


def promote(project: Project, source: str, target: str, say: Say) -> Deployment:
    """Deploy the images of source to target, if they pass the gates."""
    for env in (source, target):
        project.settings.environment(env)
    gates.is_next(project.settings.env_names, source, target)
    for env in (source, target):
        project.cluster(env).require()
    desired = DesiredState.now(project)
    named = desired.overlay(source).images
    registry = {service: docker.pinned(image) for service, image in named.items()}
    objects = project.cluster(source).objects()
    state, rest = State.read(objects), others(objects)
    gates.may_leave(source, named["vote"].tag, state, unready(objects))
    if state is not None:  # guaranteed by the gate
        running = {name(each): workloads.image(each["spec"]) for each in rest} | {"vote": state.image}
        gates.same_images(source, named, running, registry)
        gates.votes_work(source, errors_on=pages.errors_on(project.settings.url(source), state.release))
    preflight.require_pullable(project.cluster(target), named.values())
    say(f"{source} is Healthy with {named['vote'].tag}; it goes to {target}")
    known = desired.of(source)
    images = tuple(named.values())
    there = desired.deployment_of(source, images)
    # The people come from the deployment in source: the branch of its commit may have been deleted.
    wanted = (
        deployment.again(project, there, target)
        if there
        else deployment.of_images(project, desired, target, named)
    )
    k8s = manifests.recorded(project.git, known[0]) if known else ""
    wanted = replace(wanted, promoted_from=source, manifests=k8s)
    return deployment.commit_and_apply(project, desired, wanted, say)
