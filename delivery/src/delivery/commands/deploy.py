"""`delivery deploy`: deploys the images of a tag, or the current main."""

from datetime import UTC, datetime

from delivery.adapters import docker
from delivery.commands.options import DryRun, Env, Tag, hand_over_deployment, say
from delivery.domain import tags
from delivery.domain.history import Deployment
from delivery.domain.image import Image
from delivery.domain.services import image_names
from delivery.steps import deployment, preflight
from delivery.steps.deployment import Say
from delivery.steps.desired_state import DesiredState, apply
from delivery.steps.project import Project


def command(env: Env, image_tag: Tag = None, dry_run: DryRun = False) -> None:
    """Commit an image tag to an environment's overlay and apply it; without a tag, apply the current main."""
    project = Project.here(dry_run=dry_run)
    project.settings.environment(env)
    if image_tag is not None:
        made = deploy(project, env, image_tag, say)
    else:
        made = renew(project, env, say)
        say(f"{env} is up to date with {project.git.branch}: {made.tag}")
    hand_over_deployment(project, made)


def deploy(project: Project, env: str, tag: str, say: Say) -> Deployment:
    """Deploy the images of a tag, pinned by their digests in the registry."""
    cluster = project.cluster(env)
    cluster.require()
    desired = DesiredState.now(project)
    names = image_names(project.settings)
    wanted = {service: Image(names[service], tags.checked(tag)) for service in desired.overlay(env).images}
    images = {service: docker.pinned(image) for service, image in wanted.items()}
    preflight.require_pullable(cluster, images.values())
    made = deployment.of_images(project, desired, env, images)
    return deployment.commit_and_apply(project, desired, made, say)


def renew(project: Project, env: str, say: Say) -> Deployment:
    """Deploy the current main: the images in the overlay, with the current manifests."""
    project.cluster(env).require()
    desired = DesiredState.now(project)
    named = desired.overlay(env)
    images = tuple(named.images.values())
    there = desired.deployment_of(env, images)
    # The people behind images that somebody wrote into the overlay by hand are unknown.
    by_hand = Deployment(commit="", at=datetime.now(UTC), env=env, images=images, source="", people=())
    wanted = deployment.again(project, there, env) if there else by_hand
    if named.pinned:
        return deployment.commit_and_apply(project, desired, wanted, say, anyway=True)
    apply(project, env, desired)
    return wanted
