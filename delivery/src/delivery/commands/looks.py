"""Say how things stand."""

from typing import Annotated

import typer

from delivery.commands.common import DryRun, Env, Tag, project, say
from delivery.errors import GateError


def status(
    env: Annotated[str, typer.Argument(help="one environment; none: all")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Show how each environment stands."""
    from delivery import standing
    from delivery.environments import ORDER, checked

    here = project()
    found = standing.of(here, [checked(env)] if env else ORDER)
    print(standing.as_json(found)) if as_json else standing.show(found)


def landscape(
    push: Annotated[
        bool, typer.Option("--push", help="commit it on origin's default branch; else README.md here changes")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="do not ask the cluster for phases")] = False,
    dry_run: DryRun = False,
) -> None:
    """Renew the dashboard in README.md."""
    from delivery import dashboard

    here = project(dry_run=dry_run)
    changed = dashboard.renew(here, say, push=push, offline=offline)
    say("the dashboard is renewed" if changed else "the dashboard says all that already")
    here.output(changed=str(changed).lower())


def report(
    env: Env,
    image_tag: Tag = None,
    push: Annotated[bool, typer.Option("--push", help="commit it on origin's default branch")] = False,
    dry_run: DryRun = False,
) -> None:
    """Write the report of an environment's last deployment, and its record as JSON."""
    from delivery import reporting
    from delivery.report.record import beside

    here = project(dry_run=dry_run)
    path, changed = reporting.report(here, env, say, tag=image_tag, push=push)
    say(path)
    here.output(report=path, record=beside(path), changed=str(changed).lower())


def verify(
    envs: Annotated[list[str] | None, typer.Argument(metavar="[ENV]...", help="none: all")] = None,
) -> None:
    """Render the overlays of this checkout and hold them to our policies."""
    from delivery import verifying
    from delivery.environments import ORDER, checked

    here = project()
    named = [checked(each) for each in envs] if envs else list(ORDER)
    broken = [each for env in named for each in verifying.broken(here, env)]
    for each in broken:
        say(each)
    if broken:
        raise GateError(f"{len(broken)} policies are broken; the lines above say where")
    say(f"{', '.join(named)}: every policy is kept")
