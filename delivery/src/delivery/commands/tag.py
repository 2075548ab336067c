"""`delivery tag`: prints a new image tag for a commit."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from delivery.domain import tags
from delivery.domain.errors import ConfigurationError
from delivery.steps.project import Project


def command(
    commit: Annotated[str, typer.Option(help="the commit that the image is built from")] = "HEAD",
) -> None:
    """Print a new image tag for a commit."""
    project = Project.here()
    if not (found := project.git.resolve(commit)):
        raise ConfigurationError(f"there is no commit {commit!r} in this repository")
    made = tags.new(found, datetime.now(UTC))
    print(made)
    project.output(image_tag=made)
