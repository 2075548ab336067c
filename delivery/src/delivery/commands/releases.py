"""Build, deploy, wait, promote, roll back."""

from typing import Annotated, Literal

import typer

from delivery.commands.common import DryRun, Env, Seconds, Tag, finish, hand_over, project, say
from delivery.errors import ConfigurationError


def tag(commit: Annotated[str, typer.Option(help="what the image is built from")] = "HEAD") -> None:
    """Print a new image tag for a commit."""
    from datetime import UTC, datetime

    from delivery import tags

    here = project()
    if not (found := here.git.resolve(commit)):
        raise ConfigurationError(f"there is no commit {commit!r} in this repository")
    made = tags.new(found, datetime.now(UTC))
    print(made)
    here.output(image_tag=made)


def build(
    services: Annotated[list[str] | None, typer.Argument(metavar="[SERVICE]...", help="none: all")] = None,
    image_tag: Tag = None,
    push: Annotated[bool, typer.Option("--push/--no-push", help="push what was built")] = True,
    dry_run: DryRun = False,
) -> None:
    """Build every service's image once, or those that are named, and push them."""
    from delivery import building

    here = project(dry_run=dry_run)
    made = building.build(here, image_tag, push=push, services=services)
    say(f"{'built and pushed' if push else 'built'}: {made}" if not dry_run else f"+ {made} is built")
    here.output(image_tag=made)


def deploy(env: Env, image_tag: Tag = None, dry_run: DryRun = False) -> None:
    """Commit an image to an environment's overlay in git, and apply it; no tag: apply what git says."""
    from delivery import deploying
    from delivery.environments import checked

    here = project(dry_run=dry_run)
    checked(env)
    if image_tag is not None:
        finish(here, env, deploying.deploy(here, env, image_tag, say))
        return
    made = deploying.renew(here, env, say)
    say(f"{env} is what {here.git.branch} says: {made.tag}")
    finish(here, env, made)


def platform(image_tag: Tag = None, dry_run: DryRun = False) -> None:
    """Commit apm's image to git, and apply k8s/platform; no tag: apply what git says."""
    from delivery import platform as parts

    here = project(dry_run=dry_run)
    commit = parts.renew(here, image_tag, say)
    say("the platform is what git says")
    here.output(changed=str(bool(commit)).lower(), commit=commit)


def wait(
    env: Env,
    goal: Annotated[Literal["healthy", "paused"], typer.Option("--for", help="how the release should be")],
    image_tag: Tag = None,
    timeout: Seconds = 1800,
) -> None:
    """Wait until the release is Healthy, or Paused; a line for each change."""
    from delivery import releasing
    from delivery.environments import checked

    here = project()
    hand_over(here, env, releasing.wait(here, checked(env), goal, tag=image_tag, seconds=timeout, say=say))


def promote(
    source: Annotated[str, typer.Argument(metavar="FROM", help="the environment that runs the image")],
    target: Annotated[str, typer.Argument(metavar="TO", help="the next one")],
    dry_run: DryRun = False,
) -> None:
    """Deploy to the next environment the image that one runs Healthy, by digest."""
    from delivery import releasing

    here = project(dry_run=dry_run)
    finish(here, target, releasing.promote(here, source, target, say))


def promote_rollout(
    env: Env,
    confirm: Annotated[str, typer.Option(help='"promote"')],
    timeout: Seconds = 600,
    dry_run: DryRun = False,
) -> None:
    """Make the preview that waits active."""
    from delivery import releasing

    here = project(dry_run=dry_run)
    hand_over(here, env, releasing.promote_rollout(here, env, confirm, timeout, say))


def rollback(
    env: Env,
    reason: Annotated[str, typer.Option(help="why, for the commit and the report")],
    timeout: Seconds = 1200,
    dry_run: DryRun = False,
) -> None:
    """Go back to the release before: abort what rolls out, revert its commit, wait for Healthy."""
    from delivery import releasing

    if not reason.strip():
        raise ConfigurationError("say why: --reason TEXT")
    here = project(dry_run=dry_run)
    made, state = releasing.roll_back(here, env, reason, timeout, say)
    here.output(changed=str(bool(made.commit)).lower(), commit=made.commit)
    if state:
        hand_over(here, env, state)
