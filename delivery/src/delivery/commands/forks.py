"""What a fork is made of."""

from typing import Annotated

import typer

from delivery.commands.common import DryRun, project, say
from delivery.errors import ConfigurationError


def settings() -> None:
    """Hand delivery.toml to later steps of a workflow."""
    from delivery.config import SHAPES

    here = project()
    values = {key: getattr(here.settings, key) for key in (*SHAPES, "registry_host")}
    for key, value in values.items():
        say(f"{key} = {value}")
    here.output(**values)


def init(
    *,
    name: Annotated[str, typer.Option(help="prefix of namespaces, addresses and workflows")] = "",
    registry: Annotated[str, typer.Option(help="images are REGISTRY/vote, ...")] = "",
    base_domain: Annotated[str, typer.Option(help="pages are https://vote-NAME-ENV.BASE_DOMAIN")] = "",
    repository: Annotated[str, typer.Option(help="OWNER/NAME on GitHub")] = "",
    cluster: Annotated[str, typer.Option(help="its name in EKS, kind or your kubeconfig")] = "",
    region: Annotated[str, typer.Option(help="AWS only")] = "",
    connect: Annotated[str, typer.Option(help="aws, kubeconfig or kind")] = "",
    platforms: Annotated[str, typer.Option(help="linux/amd64, linux/arm64, or both")] = "",
    dry_run: DryRun = False,
) -> None:
    """Make a fork your own: write delivery.toml, and bring every other file in line."""
    from delivery import forking

    given = {key: value for key, value in locals().items() if key not in ("forking", "dry_run") and value}
    here = project(dry_run=dry_run)
    changed = forking.init(here, given)
    say(f"{len(changed)} files {'would change' if dry_run else 'changed'}; look: git diff, then commit them")


def trust(
    purpose: Annotated[
        str, typer.Argument(help="build, landscape, platform or an environment; none: a script for all")
    ] = "",
    account: Annotated[str, typer.Option(help="the AWS account; none: the registry's")] = "",
) -> None:
    """Print what makes AWS trust this repository's workflows: one role per purpose; nothing is changed."""
    import json

    from delivery import granting
    from delivery import trust as trusting

    here, purposes = project().settings, trusting.PURPOSES
    if purpose and purpose not in purposes:
        raise ConfigurationError(f"there is no purpose {purpose!r}; it is one of {', '.join(purposes)}")
    number = trusting.account(here, account)
    prefixes, branch = trusting.repository(here)
    if purpose:
        print(json.dumps(trusting.policy(number, prefixes, branch, purpose), indent=2))
    else:
        print(granting.script(here, number, prefixes, branch), end="")
