"""A deployment: commits images and manifests, then applies them to the cluster."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from delivery.domain import attribution, gates, history, overlay, tags
from delivery.domain.commits import Commit
from delivery.domain.errors import ConfigurationError, DeliveryError, NothingToDoError
from delivery.domain.history import Deployment
from delivery.domain.image import Image
from delivery.domain.progress import unready
from delivery.domain.rollout import State
from delivery.output import summary
from delivery.steps import manifests, preflight, verification
from delivery.steps.desired_state import DesiredState, Overlay, RefusedError, apply
from delivery.steps.project import Project

Say = Callable[[str], None]


def again(project: Project, deployment: Deployment, env: str) -> Deployment:
    """The same images and people as a new deployment."""
    return replace(
        deployment,
        commit="",
        at=datetime.now(UTC),
        env=env,
        actor=project.actions.actor,
        run_url=project.actions.run_url,
        promoted_from="",
        rollback_of="",
        restores="",
        reason="",
        manifests="",
        stable="",
    )


def of_images(project: Project, desired: DesiredState, env: str, images: Mapping[str, Image]) -> Deployment:
    """The deployment of these images, with the people who made the changes in them."""
    tag = images["vote"].tag
    source = project.git.resolve(tags.commit(tag))
    if not source:
        raise ConfigurationError(
            f"{tag} was built from {tags.commit(tag)}, which this repository does not have"
        )
    preflight.require_published(project, source, desired.commit)
    actor = project.actions.actor
    people = attribution.credited(attribution.source(project.git.changes(source)), actor)
    return Deployment(
        commit="",
        at=datetime.now(UTC),
        env=env,
        images=tuple(images.values()),
        source=source,
        people=tuple(people),
        actor=actor,
        run_url=project.actions.run_url,
    )


def commit_and_apply(
    project: Project, desired: DesiredState, wanted: Deployment, say: Say, *, anyway: bool = False
) -> Deployment:
    """Commit the deployment and apply it; if the cluster refuses it, revert the commit.

    Raises NothingToDoError if git and the cluster already have it, unless `anyway` is set.
    """
    env, images = wanted.env, {each.service: each for each in wanted.images}
    objects = project.cluster(env).objects()
    state = State.read(objects)
    before = desired.overlay(env)
    if not anyway and desired.has(wanted):
        gates.may_deploy(env, wanted.tag, images, before.images, state, unready=unready(objects))
    if not wanted.rollback_of:
        gates.may_wait(env, images["vote"], state)
        verification.require(project, desired, wanted)
    preflight.require_platform(project.cluster(env), images["vote"], say)
    if state and state.strategy != "rolling":
        wanted = replace(wanted, stable=state.stable)
    made = replace(wanted, commit=commit(project, desired, wanted, say))
    if made.commit:  # another deployment may have been committed in between
        parent = f"{made.commit}^"
        before, desired = desired.overlay(env, parent), desired.at(made.commit)
        made = replace(made, manifests=made.manifests or manifests.tree(project.git, parent))
    try:
        applied = apply(project, env, desired)
    except RefusedError as error:
        if not made.commit:
            raise
        left = revert(project, desired, made, before, str(error), again=state is not None or before.pinned)
        raise ConfigurationError(
            f"the cluster refused {made.tag}, its commit is reverted{left}: {error}"
        ) from error
    settled = applied.overlay(env)
    if not project.runner.dry_run and settled.images != images:
        raise NothingToDoError(f"{settled.tag} was deployed to {env} meanwhile and wins over {made.tag}")
    project.summarize(summary.deployed(project.settings, made, before.tag))
    last = applied.latest(env)
    return made if made.commit or last is None else replace(made, at=last.at)


def commit(project: Project, desired: DesiredState, wanted: Deployment, say: Say) -> str:
    """Commit images and manifests; returns the commit, or empty if git already has them."""
    images = {each.service: each for each in wanted.images}
    seen: list[str] = []

    def make(tip: str) -> Commit | None:
        now = desired.at(tip)
        named = now.overlay(wanted.env)
        if seen and seen[-1] != named.tag:
            say(f"{named.tag} was deployed to {wanted.env} a moment ago; {wanted.tag} comes later and wins")
        seen.append(named.tag)
        back = wanted.restores or tip
        text = overlay.with_images(now.overlay(wanted.env, back).text, images)
        own = manifests.overlay(wanted.env)
        folders = {own: manifests.tree(project.git, back, own)} if wanted.restores else {}
        if named.images == images and text == named.text and now.has(wanted):
            return None
        made = replace(wanted, manifests=wanted.manifests or manifests.tree(project.git, tip))
        return Commit({overlay.path(wanted.env): text}, history.message(made), folders)

    made = project.git.publish(make, project.runner, tip=desired.commit)
    if made:
        say(f"{made[:7]} on {project.git.branch}: {wanted.env} is {wanted.tag}")
    return made


def revert(
    project: Project, desired: DesiredState, made: Deployment, before: Overlay, why: str, *, again: bool
) -> str:
    """Restore the overlay from before a deployment that the cluster refused; `again` also applies it.

    Returns what the user must do if the cluster refuses that, too.
    """
    git, parent = project.git, f"{made.commit}^"
    images, own = before.images, manifests.overlay(made.env)
    earlier = [each for each in desired.of(made.env) if each.commit != made.commit]
    former = next((each for each in earlier if each.tag == before.tag), None)
    k8s = manifests.recorded(git, earlier[0]) if earlier else manifests.tree(git, parent)

    def make(tip: str) -> Commit | None:
        now = desired.overlay(made.env, tip)
        if now.images != {each.service: each for each in made.images}:
            return None  # another deployment was committed in the meantime
        back = replace(
            made,
            images=tuple(images.values()),
            source=former.source if former else "",
            people=former.people if former else (),
            promoted_from="",
            rollback_of=made.tag,
            restores=git.resolve(parent),
            reason=why,
            manifests=k8s,
        )
        if manifests.tree(git, tip, own) == manifests.tree(git, made.commit, own):
            return Commit({}, history.message(back), {own: manifests.tree(git, parent, own)})
        return Commit({overlay.path(made.env): overlay.with_images(now.text, images)}, history.message(back))

    git.publish(make, project.runner)
    try:
        if again:
            apply(project, made.env, DesiredState.now(project))
    except DeliveryError:
        return f", apply what was there before once the cluster answers (delivery deploy {made.env})"
    return ""
