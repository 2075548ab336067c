"""`delivery trust`: prints the IAM set-up that lets this repository's workflows use AWS."""

import json
from typing import Annotated

import typer

from delivery.adapters import github
from delivery.domain.errors import ConfigurationError
from delivery.domain.trust import aws_account, policy, purposes
from delivery.output import aws_script
from delivery.steps.project import Project


def command(
    purpose: Annotated[
        str, typer.Argument(help="build, landscape, platform or an environment; default: a script for all")
    ] = "",
    account: Annotated[str, typer.Option(help="the AWS account; default: the registry's")] = "",
) -> None:
    """Print the IAM set-up for this repository's workflows on AWS, one role per purpose; changes nothing."""
    settings = Project.here().settings
    known = purposes(settings)
    if purpose and purpose not in known:
        raise ConfigurationError(f"unknown purpose {purpose!r}; choose one of {', '.join(known)}")
    number = aws_account(settings, account)
    prefixes, branch = github.repository(settings)
    if purpose:
        print(json.dumps(policy(number, prefixes, branch, purpose), indent=2))
    else:
        print(aws_script.script(settings, number, prefixes, branch), end="")
