"""`delivery`: its commands; each failure is one line, in the run's summary too, and an exit code."""

import io
import os
import signal
import sys

import typer

from delivery.commands import common, forks, looks, releases
from delivery.config import Surroundings
from delivery.errors import DeliveryError, NothingToDoError

app = typer.Typer(
    name="delivery",
    help="Build once, deploy by a commit, promote the same image, look, roll back.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (
    releases.tag,
    releases.build,
    releases.deploy,
    releases.platform,
    releases.wait,
    releases.promote,
    releases.promote_rollout,
    releases.rollback,
    looks.status,
    looks.landscape,
    looks.report,
    looks.verify,
    forks.settings,
    forks.init,
    forks.trust,
):
    app.command()(command)


def summarized(error: DeliveryError) -> None:
    """Say in the run's summary, too, why a command ended early."""
    from delivery import summary  # start-up: only a failure needs it

    title = "Nothing to do" if isinstance(error, NothingToDoError) else "Stopped"
    try:
        common.project().summarize(error.summary or summary.refused(title, str(error)))
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
        if isinstance(error, NothingToDoError) and Surroundings.from_env(os.environ).on_github:
            print(f"::notice title=Nothing to do::{line}")  # a green run: what was asked for is there
            return 0
        print(f"delivery: {line}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
