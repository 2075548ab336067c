"""`delivery build`: builds images of a published commit, with a tag that names the commit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from delivery.adapters import docker
from delivery.commands.options import DryRun, Tag, say
from delivery.domain import tags
from delivery.domain.errors import ConfigurationError
from delivery.domain.services import BUILT, SERVICES
from delivery.steps import preflight
from delivery.steps.project import Project

SERVICES_HELP = f"services to build; default: {', '.join(BUILT)}"


def command(
    services: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SERVICE]...", help=SERVICES_HELP),
    ] = None,
    image_tag: Tag = None,
    push: Annotated[bool, typer.Option("--push/--no-push", help="push the images")] = True,
    dry_run: DryRun = False,
) -> None:
    """Build the images of a release, or of the given services, and push them."""
    project = Project.here(dry_run=dry_run)
    made = build(project, image_tag, push=push, services=services)
    say(f"{'built and pushed' if push else 'built'}: {made}" if not dry_run else f"+ {made} is built")
    project.output(image_tag=made)


def build(
    project: Project, image_tag: str | None = None, *, push: bool, services: Sequence[str] | None = None
) -> str:
    """Build the images of a release, or of the given services, from HEAD and push them; returns their tag."""
    wanted = services or BUILT
    if unknown := set(wanted) - set(SERVICES):
        raise ConfigurationError(f"there is no service {min(unknown)!r}; it is one of {', '.join(SERVICES)}")
    head = project.git.resolve("HEAD")
    made = tags.new(head, datetime.now(UTC)) if image_tag is None else tags.checked(image_tag)
    if changed := project.git.changed(*SERVICES):
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise ConfigurationError(
            f"{changed[0]}{more} changed since {head[:7]}, which {made} would name; commit and push first"
        )
    if (named := project.git.resolve(tags.commit(made))) not in ("", head):
        raise ConfigurationError(f"{made} names {named[:7]}, this checkout is at {head[:7]}; check that out")
    if push:
        preflight.require_published(project, head)
    docker.build(project.settings, project.root, made, project.runner, push=push, services=wanted)
    return made
