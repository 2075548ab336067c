"""`delivery status`: what runs in each environment, and how it is."""

from collections.abc import Sequence
from typing import Annotated

import typer

from delivery.domain.errors import ConfigurationError
from delivery.domain.rollout import State
from delivery.output.status import Status, as_json, described, show
from delivery.steps.project import Project


def command(
    env: Annotated[str, typer.Argument(help="one environment; none: all")] = "",
    as_json_: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Show how each environment stands."""
    project = Project.here()
    found = status(project, [project.settings.environment(env).name] if env else project.settings.env_names)
    print(as_json(found)) if as_json_ else show(found)


def status(project: Project, envs: Sequence[str]) -> list[Status]:
    """The status of these environments; one that the cluster does not have says so in its place."""
    found, problems = [], []
    for env in envs:
        try:
            found.append(ask(project, env))
        except ConfigurationError as error:
            problems.append(error)
            found.append(Status(environment=env, phase="not there"))
    if len(problems) == len(envs):
        raise problems[0]
    return found


def ask(project: Project, env: str) -> Status:
    """Ask the cluster, and apm for the release's error rate."""
    cluster = project.cluster(env)
    cluster.require()
    state = State.read(cluster.objects())
    if state is None:
        return Status(environment=env, phase="nothing deployed")
    return described(project.settings, env, state, cluster.error_rate(state.release))
