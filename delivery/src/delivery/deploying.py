"""`delivery deploy`: a commit that names the images, then the cluster brought to what main says."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from delivery import attribution, docker, gates, history, overlay, platforms, pulling, summary, tags
from delivery.errors import ConfigurationError, DeliveryError, NothingToDoError, TimedOutError
from delivery.git import Commit
from delivery.history import Deployment
from delivery.overlay import Image
from delivery.programs import ToolError
from delivery.project import Project
from delivery.rollout import State

APPLY_ROUNDS = 10  # main may move while the cluster is brought to it


class RefusedError(ConfigurationError):
    """The cluster did not take what main says."""


@dataclass(frozen=True)
class Overlay:
    """What main says about an environment."""

    env: str
    commit: str
    text: str

    @property
    def images(self) -> dict[str, Image]:
        """Its images."""
        return overlay.images(self.text)

    @property
    def pinned(self) -> bool:
        """Whether somebody has deployed here: a fresh overlay names images that no registry has."""
        return all(image.digest for image in self.images.values())


def on_main(project: Project, env: str, tip: str = "") -> Overlay:
    """The environment's overlay on main, as origin has it now."""
    tip = tip or project.git.fetch()
    text = project.git.read(tip, overlay.path(env))
    if text is None:
        raise ConfigurationError(f"{project.git.branch} has no {overlay.path(env)}; push it to origin first")
    return Overlay(env, tip, text)


def deployments(project: Project, tip: str) -> list[Deployment]:
    """Every deployment that main's history knows, newest first."""
    project.git.deepen()
    return history.deployments(project.git(*history.LOG, tip, seconds=120))


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


def record(project: Project, env: str, images: Mapping[str, Image]) -> Deployment:
    """The deployment of these images, with the people who made what is in them."""
    tag = images["vote"].tag
    source = project.git.resolve(tags.commit(tag))
    if not source:
        raise ConfigurationError(
            f"{tag} was built from {tags.commit(tag)}, which this repository does not have"
        )
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


def commit_and_apply(project: Project, wanted: Deployment, say: Callable[[str], None]) -> Deployment:
    """Commit the deployment to main and apply it; if the cluster refuses it, the commit is reverted."""
    env, images = wanted.env, {each.service: each for each in wanted.images}
    cluster = project.cluster(env)
    state = State.read(cluster.objects())
    before = on_main(project, env)
    gates.may_deploy(env, wanted.tag, images, before.images, state)
    if not wanted.rollback_of:
        gates.may_wait(env, images["vote"], state)
    platforms.require(cluster, images["vote"], say)
    made = replace(wanted, commit=commit(project, wanted, say))
    if made.commit:  # another deployment may have come between the two
        before = on_main(project, env, f"{made.commit}^")
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


def commit(project: Project, wanted: Deployment, say: Callable[[str], None]) -> str:
    """Commit the images to main; the commit, or empty if main names them already."""
    images = {each.service: each for each in wanted.images}
    seen: list[str] = []

    def make(tip: str) -> Commit | None:
        now = on_main(project, wanted.env, tip)
        named = overlay.tag(now.text)
        if seen and seen[-1] != named:
            say(f"{named} was deployed to {wanted.env} a moment ago; {wanted.tag} comes later and wins")
        seen.append(named)
        if now.images == images:
            return None
        text = overlay.with_images(now.text, images)
        return Commit({overlay.path(wanted.env): text}, history.message(wanted))

    made = project.git.publish(make, project.hands)
    if made:
        say(f"{made[:7]} on {project.git.branch}: {wanted.env} is {wanted.tag}")
    return made


def apply(project: Project, env: str) -> Overlay:
    """Bring the cluster to what main says about the environment, until main says nothing new."""
    applied = on_main(project, env)
    for _ in range(APPLY_ROUNDS):
        with tempfile.TemporaryDirectory(prefix="delivery-") as folder:
            k8s = project.git.folder(applied.commit, "k8s", Path(folder))
            try:
                project.cluster(env).make_password(project.hands)
                project.cluster(env).apply(k8s / "overlays" / env, project.hands)
            except (ToolError, TimedOutError) as error:
                raise RefusedError(str(error)) from error
        now = on_main(project, env)
        if project.hands.dry_run or now.text == applied.text:
            return now
        applied = now
    return applied


def revert(project: Project, made: Deployment, before: Overlay, why: str, *, again: bool) -> str:
    """Bring main back to the overlay before a deployment that the cluster refused, and apply that `again`.

    Returns what the user has to do if the cluster refuses that, too.
    """
    images = before.images
    known = history.of(made.env, deployments(project, before.commit))
    former = next((each for each in known if each.tag == overlay.tag(before.text)), None)

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
            reason=why,
        )
        return Commit({overlay.path(made.env): overlay.with_images(now.text, images)}, history.message(back))

    project.git.publish(make, project.hands)
    try:
        if again:
            apply(project, made.env)
    except DeliveryError:
        return f", apply what was there before once the cluster answers (delivery deploy {made.env})"
    return ""
