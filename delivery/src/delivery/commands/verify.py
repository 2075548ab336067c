"""`delivery verify`: checks the overlays of this checkout against the policies and delivery.toml."""

from typing import Annotated

import typer

from delivery.commands.options import say
from delivery.domain import overlay
from delivery.domain.errors import ConfigurationError, GateError
from delivery.steps import verification
from delivery.steps.project import Project


def command(
    envs: Annotated[
        list[str] | None, typer.Argument(metavar="[ENV]...", help="environments; default: all")
    ] = None,
) -> None:
    """Render the overlays of this checkout and check them against the policies."""
    project = Project.here()
    named = [project.settings.environment(each).name for each in envs or project.settings.env_names]
    broken = [each for env in named for each in verify(project, env)]
    for each in broken:
        say(each)
    if broken:
        raise GateError(f"{len(broken)} policy violations; see the lines above")
    say(f"{', '.join(named)}: every policy is kept")


def verify(project: Project, env: str) -> list[str]:
    """The policy violations of an environment in this checkout, each with the policy's name."""
    folder = (project.root / overlay.path(env)).parent
    if not folder.is_dir():
        raise ConfigurationError(f"there is no {folder.relative_to(project.root)} in this checkout")
    text = (folder / "kustomization.yaml").read_text(encoding="utf-8")
    objects = verification.rendered(env, folder)
    found = verification.undeclared(project.settings.environment(env), objects)
    return [*verification.broken(project.settings, env, text, objects), *found]
