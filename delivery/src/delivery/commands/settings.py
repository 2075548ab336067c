"""`delivery settings`: sets the values of delivery.toml as outputs of a workflow step."""

from delivery.commands.options import say
from delivery.domain.settings import SHAPES
from delivery.steps.project import Project


def command() -> None:
    """Set the values of delivery.toml as outputs for later steps of a workflow."""
    project = Project.here()
    values = {key: getattr(project.settings, key) for key in (*SHAPES, "registry_host")}
    for key, value in values.items():
        say(f"{key} = {value}")
    project.output(**values)
