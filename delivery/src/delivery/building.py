"""`delivery build`: images of a commit that everybody has, under a tag that says which one."""

from collections.abc import Sequence
from datetime import UTC, datetime

from delivery import docker, tags
from delivery.errors import ConfigurationError
from delivery.project import Project


def build(
    project: Project, image_tag: str | None = None, *, push: bool, services: Sequence[str] | None = None
) -> str:
    """Build every service's image from HEAD, or those that are named, and push them; their tag."""
    wanted = services or docker.SERVICES
    if unknown := set(wanted) - set(docker.SERVICES):
        raise ConfigurationError(
            f"there is no service {min(unknown)!r}; it is one of {', '.join(docker.SERVICES)}"
        )
    head = project.git.resolve("HEAD")
    made = tags.new(head, datetime.now(UTC)) if image_tag is None else tags.checked(image_tag)
    if changed := project.git.changed(*docker.SERVICES):
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise ConfigurationError(
            f"{changed[0]}{more} changed since {head[:7]}, which {made} would name; commit and push first"
        )
    if (named := project.git.resolve(tags.commit(made))) not in ("", head):
        raise ConfigurationError(f"{made} names {named[:7]}, this checkout is at {head[:7]}; check that out")
    if push:
        require_published(project, head)
    docker.build(project.settings, project.root, made, project.hands, push=push, services=wanted)
    return made


def require_published(project: Project, commit: str) -> None:
    """Return if origin has this commit; nobody else could deploy, promote or report an image of it."""
    if not project.git.published(commit):
        raise ConfigurationError(f"origin has no branch with {commit[:7]}, only this clone; push it first")
