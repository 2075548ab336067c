"""`delivery status`: shows the release and the status of each environment."""

from collections.abc import Sequence
from typing import Annotated

import typer

from delivery.domain.errors import ConfigurationError
from delivery.domain.rollout import State
from delivery.output.status import Status, as_json, described, show
from delivery.steps.project import Project


def command(
    env: Annotated[str, typer.Argument(help="an environment; default: all")] = "",
    as_json_: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Show the status of each environment."""
    project = Project.here()
    found = status(project, [project.settings.environment(env).name] if env else project.settings.env_names)
    print(as_json(found)) if as_json_ else show(found)


def status(project: Project, envs: Sequence[str]) -> list[Status]:
    """The status of these environments; one that the cluster does not have is shown as missing."""
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
    """The status of one environment from the cluster, with the error rate from apm."""
    cluster = project.cluster(env)
    cluster.require()
    state = State.read(cluster.objects())
    if state is None:
        return Status(environment=env, phase="nothing deployed")
    return described(project.settings, env, state, cluster.error_rate(state.release))
