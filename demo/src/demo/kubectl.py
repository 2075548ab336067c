"""The edge to docker, kind and kubectl: every program has a time-out, and every failure is one line."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.errors import ConfigurationError, DemoError, TimedOutError

INSTALL = {
    "docker": "install Docker Engine or Docker Desktop: https://docs.docker.com/get-docker/",
    "git": "install git: https://git-scm.com/downloads",
    "kind": "install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
    "kubectl": "install it: https://kubernetes.io/docs/tasks/tools/",
    "kubectl-argo-rollouts": "install the plugin: https://argo-rollouts.readthedocs.io/en/stable/installation/",
}
Object = dict[str, Any]


class ToolError(DemoError):
    """A program ended with an error; the message is its own last line."""


def run(*command: str, seconds: float = 60, stdin: str | None = None, cwd: Path | None = None) -> str:
    """Run a program to its end and return its standard output."""
    shown = " ".join(command[:4])
    try:
        done = subprocess.run(
            command,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=cwd,
            check=False,
        )
    except FileNotFoundError as error:
        raise ConfigurationError(missing(command[0])) from error
    except subprocess.TimeoutExpired as error:
        raise TimedOutError(f"{shown} did not end within {seconds:g} s") from error
    if done.returncode:
        raise ToolError(f"{shown}: {reason(done.stderr or done.stdout, done.returncode)}")
    return done.stdout


def missing(program: str) -> str:
    """What to say about a program that is not on the PATH."""
    return f"{program} is not on the PATH; {INSTALL.get(program, 'install it')}"


def reason(output: str, code: int) -> str:
    """The line of a program's output that says why it failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or [f"exit code {code}"])[-1]


@dataclass(frozen=True)
class Kubectl:
    """kubectl on one cluster, whatever the current context is."""

    context: str

    def __call__(self, *arguments: str, seconds: float = 30, stdin: str | None = None) -> str:
        """Run kubectl and return its standard output."""
        return run("kubectl", *arguments, f"--context={self.context}", seconds=seconds, stdin=stdin)

    def objects(self, kinds: str, namespace: str, *arguments: str) -> list[Object]:
        """Every object of these kinds in the namespace; an empty one means everywhere."""
        where = [f"--namespace={namespace}"] if namespace else ["--all-namespaces"]
        items: list[Object] = json.loads(self("get", kinds, *where, *arguments, "--output=json"))["items"]
        return items

    def apply(self, manifests: str, *arguments: str) -> None:
        """Apply manifests, which may be large."""
        self("apply", "--filename=-", *arguments, stdin=manifests, seconds=120)

    def exec(self, *arguments: str) -> None:
        """Become kubectl, for what runs until the user stops it."""
        try:
            os.execvp("kubectl", ["kubectl", *arguments, f"--context={self.context}"])  # noqa: S606, S607
        except FileNotFoundError as error:
            raise ConfigurationError(missing("kubectl")) from error
