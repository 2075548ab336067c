"""`delivery deploy`: a commit that names images and manifests, then the cluster brought to what main says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from delivery import (
    attribution,
    building,
    docker,
    gates,
    history,
    manifests,
    overlay,
    platforms,
    pulling,
    summary,
    tags,
)
from delivery.applying import Overlay, RefusedError, apply, deployments, latest, on_main
from delivery.errors import ConfigurationError, DeliveryError, NothingToDoError
from delivery.git import Commit
from delivery.history import Deployment
from delivery.overlay import Image
from delivery.project import Project
from delivery.rollout import State
from delivery.waiting import unready


def pinned(project: Project, named: Overlay, tag: str) -> dict[str, Image]:
    """The images of this tag for an overlay, each by the digest that the registry has."""
    names = docker.names(project.settings)
    return {service: docker.pinned(Image(names[service], tag)) for service in named.images}


def deploy(project: Project, env: str, tag: str, say: Callable[[str], None]) -> Deployment:
    """Deploy the images of a tag."""
    project.cluster(env).require()
    now = on_main(project, env)
    images = pinned(project, now, tags.checked(tag))
    pulling.require(project.cluster(env), images.values())
    return commit_and_apply(project, record(project, env, images), say)


def renew(project: Project, env: str, say: Callable[[str], None]) -> Deployment:
    """Deploy what main says: the images that its overlay names, with its manifests as they are now."""
    project.cluster(env).require()
    now = on_main(project, env)
    images = tuple(now.images.values())
    known = history.of(env, deployments(project, now.commit))
    there = next((each for each in known if each.images == images), None)
    # Images that a person wrote into the overlay: of whom they are, nobody knows.
    by_hand = Deployment(commit="", at=datetime.now(UTC), env=env, images=images, source="", people=())
    wanted = again(project, there, env) if there else by_hand
    if now.pinned:
        return commit_and_apply(project, wanted, say, anyway=True)
    apply(project, env)
    return wanted


def again(project: Project, deployment: Deployment, env: str) -> Deployment:
    """The same images with the same people, to be deployed now."""
    return replace(
        deployment,
        commit="",
        at=datetime.now(UTC),
        env=env,
        actor=project.surroundings.actor,
        run_url=project.surroundings.run_url,
        promoted_from="",
        rollback_of="",
        restores="",
        reason="",
        manifests="",
        stable="",
    )


def record(project: Project, env: str, images: Mapping[str, Image]) -> Deployment:
    """The deployment of these images, with the people who made what is in them."""
    tag = images["vote"].tag
    source = project.git.resolve(tags.commit(tag))
    if not source:
        raise ConfigurationError(
            f"{tag} was built from {tags.commit(tag)}, which this repository does not have"
        )
    building.require_published(project, source)
    actor = project.surroundings.actor
    people = attribution.credited(attribution.source(project.git.changes(source)), actor)
    return Deployment(
        commit="",
        at=datetime.now(UTC),
        env=env,
        images=tuple(images.values()),
        source=source,
        people=tuple(people),
        actor=actor,
        run_url=project.surroundings.run_url,
    )


def commit_and_apply(
    project: Project, wanted: Deployment, say: Callable[[str], None], *, anyway: bool = False
) -> Deployment:
    """Commit the deployment to main and apply it; if the cluster refuses it, the commit is reverted.

    There is nothing to do if main and the cluster have it already, unless it is to be applied `anyway`.
    """
    env, images = wanted.env, {each.service: each for each in wanted.images}
    objects = project.cluster(env).objects()
    state = State.read(objects)
    before = on_main(project, env)
    if not anyway and known(project, wanted, before.commit):
        gates.may_deploy(env, wanted.tag, images, before.images, state, unready=unready(objects))
    if not wanted.rollback_of:
        gates.may_wait(env, images["vote"], state)
    platforms.require(project.cluster(env), images["vote"], say)
    if state and state.strategy != "rolling":
        wanted = replace(wanted, stable=state.stable)
    made = replace(wanted, commit=commit(project, wanted, say))
    if made.commit:  # another deployment may have come between the two
        before = on_main(project, env, f"{made.commit}^")
        made = replace(made, manifests=made.manifests or manifests.tree(project.git, before.commit))
    try:
        settled = apply(project, env)
    except RefusedError as error:
        if not made.commit:
            raise
        left = revert(project, made, before, str(error), again=state is not None or before.pinned)
        raise ConfigurationError(
            f"the cluster refused {made.tag}, its commit is reverted{left}: {error}"
        ) from error
    if not project.hands.dry_run and settled.images != images:
        raise NothingToDoError(
            f"{overlay.tag(settled.text)} was deployed to {env} meanwhile and wins over {made.tag}"
        )
    project.summarize(summary.deployed(project.settings, made, overlay.tag(before.text)))
    return made


def known(project: Project, wanted: Deployment, tip: str) -> bool:
    """Whether the manifests are still those of the environment's last deployment."""
    last = latest(project, wanted.env, tip)
    return last is not None and manifests.same(project.git, wanted, last, tip)


def commit(project: Project, wanted: Deployment, say: Callable[[str], None]) -> str:
    """Commit images and manifests to main; the commit, or empty if main says the same already."""
    images = {each.service: each for each in wanted.images}
    seen: list[str] = []

    def make(tip: str) -> Commit | None:
        now = on_main(project, wanted.env, tip)
        named = overlay.tag(now.text)
        if seen and seen[-1] != named:
            say(f"{named} was deployed to {wanted.env} a moment ago; {wanted.tag} comes later and wins")
        seen.append(named)
        back = on_main(project, wanted.env, wanted.restores) if wanted.restores else now
        text = overlay.with_images(back.text, images)
        own = manifests.overlay(wanted.env)
        folders = {own: manifests.tree(project.git, back.commit, own)} if wanted.restores else {}
        if now.images == images and text == now.text and known(project, wanted, tip):
            return None
        made = replace(wanted, manifests=wanted.manifests or manifests.tree(project.git, tip))
        return Commit({overlay.path(wanted.env): text}, history.message(made), folders)

    made = project.git.publish(make, project.hands)
    if made:
        say(f"{made[:7]} on {project.git.branch}: {wanted.env} is {wanted.tag}")
    return made


def revert(project: Project, made: Deployment, before: Overlay, why: str, *, again: bool) -> str:
    """Bring main back to the overlay before a deployment that the cluster refused, and apply that `again`.

    Returns what the user has to do if the cluster refuses that, too.
    """
    images, own = before.images, manifests.overlay(made.env)
    earlier = history.of(made.env, deployments(project, before.commit))
    former = next((each for each in earlier if each.tag == overlay.tag(before.text)), None)
    git = project.git
    k8s = manifests.recorded(git, earlier[0]) if earlier else manifests.tree(git, before.commit)

    def make(tip: str) -> Commit | None:
        now = on_main(project, made.env, tip)
        if now.images != {each.service: each for each in made.images}:
            return None  # somebody deployed something else meanwhile
        back = replace(
            made,
            images=tuple(images.values()),
            source=former.source if former else "",
            people=former.people if former else (),
            promoted_from="",
            rollback_of=made.tag,
            restores=before.commit,
            reason=why,
            manifests=k8s,
        )
        if manifests.tree(git, tip, own) == manifests.tree(git, made.commit, own):
            return Commit({}, history.message(back), {own: manifests.tree(git, before.commit, own)})
        return Commit({overlay.path(made.env): overlay.with_images(now.text, images)}, history.message(back))

    project.git.publish(make, project.hands)
    try:
        if again:
            apply(project, made.env)
    except DeliveryError:
        return f", apply what was there before once the cluster answers (delivery deploy {made.env})"
    return ""
