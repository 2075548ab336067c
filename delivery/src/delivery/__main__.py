"""`delivery`: its commands; each failure is one line, in the run's summary too, and an exit code."""

import io
import os
import signal
import sys

import typer

from delivery.adapters.github import ActionsEnvironment
from delivery.commands import (
    build,
    deploy,
    env,
    init,
    landscape,
    platform,
    promote,
    promote_rollout,
    report,
    rollback,
    settings,
    status,
    tag,
    trust,
    verify,
    wait,
)
from delivery.domain.errors import DeliveryError, NothingToDoError
from delivery.output import summary
from delivery.steps.project import Project

app = typer.Typer(
    name="delivery",
    help="Build once, deploy by a commit, promote the same image, look, roll back.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
COMMANDS = [
    *(tag, build, deploy, platform, wait, promote, promote_rollout, rollback),
    *(status, landscape, report, verify, settings, init, env, trust),
]
for module in COMMANDS:
    app.command(module.__name__.rpartition(".")[2].replace("_", "-"))(module.command)


def summarized(error: DeliveryError) -> None:
    """Say in the run's summary, too, why a command ended early."""
    title = "Nothing to do" if isinstance(error, NothingToDoError) else "Stopped"
    try:
        Project.here().summarize(error.summary or summary.refused(title, str(error)))
    except DeliveryError:
        return  # the line on stderr says it


def main() -> int:
    """Run one command; its exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # not every terminal shows every letter of a name
    try:
        app()
    except DeliveryError as error:
        line = " ".join(str(error).split())
        summarized(error)
        if isinstance(error, NothingToDoError) and ActionsEnvironment.from_env(os.environ).on_github:
            print(f"::notice title=Nothing to do::{line}")  # a green run: what was asked for is there
            return 0
        print(f"delivery: {line}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
