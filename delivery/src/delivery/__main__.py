"""`delivery`: its commands; each failure is one line, in the run's summary too, and an exit code."""

import ast
import io
import os
import signal
import sys
from importlib import import_module
from importlib.resources import files
from typing import Any

import typer
from typer.core import TyperGroup

from delivery.domain.errors import DeliveryError, NothingToDoError

COMMANDS = "delivery.commands"
NAMES = (
    *("tag", "build", "deploy", "platform", "wait", "promote", "promote-rollout", "rollback"),
    *("status", "landscape", "report", "verify", "settings", "init", "env", "trust"),
)
PLAIN: dict[str, Any] = {"add_completion": False, "rich_markup_mode": None, "pretty_exceptions_enable": False}


class Group(TyperGroup):
    """Imports the module of the command that runs and no other, so that `--help` is quick."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find a command by its name, then import it."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, found and command(found.name or ""), rest


def command(name: str) -> Any:
    """A command with its options, from the module of its name."""
    alone = typer.Typer(**PLAIN)
    alone.command(name)(import_module(f"{COMMANDS}.{name.replace('-', '_')}").command)
    return typer.main.get_command(alone)


def docstring(name: str) -> str:
    """What a command does, read from its file without an import."""
    source = files(COMMANDS).joinpath(f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    functions = [each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef)]
    return next(ast.get_docstring(each) or "" for each in functions if each.name == "command")


app = typer.Typer(
    name="delivery",
    cls=Group,
    help="Build once, deploy by a commit, promote the same image, look, roll back.",
    no_args_is_help=True,
    **PLAIN,
)
for each in NAMES:
    app.command(each, help=docstring(each))(lambda: None)  # `command` takes its place


def summarized(error: DeliveryError) -> None:
    """Say in the run's summary, too, why a command ended early."""
    from delivery.output import summary
    from delivery.steps.project import Project

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
        from delivery.adapters.github import ActionsEnvironment

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
