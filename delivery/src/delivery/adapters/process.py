"""Runs git, docker and kubectl: every program has a timeout, and every failure is one line."""

import math
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from delivery.domain.errors import ConfigurationError, DeliveryError, TimedOutError

INSTALL = {
    "docker": "install Docker Engine or Docker Desktop: https://docs.docker.com/get-docker/",
    "gh": "install GitHub's own: https://cli.github.com, then: gh auth login",
    "git": "install git: https://git-scm.com/downloads",
    "kind": "install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
    "kubectl": "install it: https://kubernetes.io/docs/tasks/tools/",
    "kubectl-argo-rollouts": "install the plugin: https://argo-rollouts.readthedocs.io/en/stable/installation/",
}
SHOWN_WORDS = 4  # of a command in a message: enough to recognise it, and too few to contain a secret

END: ContextVar[float] = ContextVar("END", default=math.inf)  # see `limited`


class ToolError(DeliveryError):
    """A program failed; the message is its error line."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


@contextmanager
def limited(end: float) -> Iterator[None]:
    """Within the block and this thread, every program ends by `end`, in time.monotonic(), or times out."""
    before = END.set(end)
    try:
        yield
    finally:
        END.reset(before)


def run(
    *command: str,
    seconds: float = 60,
    stdin: str | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str | None] | None = None,
) -> str:
    """Run a program; returns its standard output. `env` is added to ours, and None removes a variable."""
    shown = " ".join(command[:SHOWN_WORDS])
    seconds = max(0, min(seconds, round(END.get() - time.monotonic(), 1)))
    around = {**os.environ, "LC_ALL": "C", **(env or {})}
    try:
        done = subprocess.run(
            command,
            input=None if stdin is None else stdin.encode(),
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            timeout=seconds,
            cwd=cwd,
            env={name: value for name, value in around.items() if value is not None},
            check=False,
        )
    except FileNotFoundError as error:
        raise ConfigurationError(missing(command[0])) from error
    except subprocess.TimeoutExpired as error:
        raise TimedOutError(f"{shown} did not end within {seconds:g} s") from error
    # Bytes, because text mode would change line endings in files from git.
    out, err = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
    if done.returncode:
        raise ToolError(f"{shown}: {reason(err or out, done.returncode)}", redacted(out + err))
    return out


def missing(program: str) -> str:
    """The message for a program that is not on the PATH."""
    return f"{program} is not on the PATH; {INSTALL.get(program, 'install it')}"


def reason(output: str, code: int) -> str:
    """The line of a program's output that says why it failed, without credentials."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "fatal"))]
    return redacted((errors or lines or [f"exit code {code}"])[-1])


def redacted(text: str) -> str:
    """The text without the credentials in URLs."""
    return re.sub(r"://[^/@\s]+@", "://***@", text)


@dataclass(frozen=True)
class Runner:
    """Runs commands that change something; in a dry run, prints the exact command instead."""

    dry_run: bool = False

    def change(
        self, *command: str, seconds: float = 60, stdin: str | None = None, cwd: Path | None = None
    ) -> str:
        """Run a program that changes something; returns its standard output, empty in a dry run."""
        if self.dry_run:
            self.say(shlex.join(command))
            return ""
        return run(*command, seconds=seconds, stdin=stdin, cwd=cwd)

    def say(self, text: str) -> None:
        """In a dry run, print what would be done."""
        if self.dry_run:
            print("\n".join(f"+ {line}" for line in text.rstrip().splitlines()))
