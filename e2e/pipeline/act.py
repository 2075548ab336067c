"""Runs a workflow with act on this machine, as GitHub would, and reads its output."""

import html
import json
import os
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

RUN_ID = count(os.getpid() * 1000)  # unique in every process
MINUTES = 20
UNKNOWN = re.compile(
    r"^ +(?:queue: max|deployment: false)\n", re.MULTILINE
)  # GitHub's since 2026, act 0.2.89 refuses
FAILED = re.compile(r"Failure - Main (.*) \[")


@dataclass(frozen=True, repr=False)
class Run:
    """The result of one run."""

    ok: bool
    seconds: float
    entries: tuple[dict[str, Any], ...]

    @cached_property
    def summary(self) -> str:
        """The summaries of all steps, as the run's page shows them."""
        said = (each["content"] for each in self.entries if each.get("command") == "summary")
        return html.unescape("\n".join(said))

    @cached_property
    def jobs(self) -> dict[str, str]:
        """The result of each job by its id: success or failure."""
        return {each["jobID"]: each["jobResult"] for each in self.entries if "jobResult" in each}

    @cached_property
    def said(self) -> str:
        """The output of the steps, including errors that GitHub shows as annotations."""
        lines = [each for each in self.entries if each.get("raw_output") or each.get("command") == "error"]
        return "".join(each.get("raw", each["msg"]) for each in lines)

    @cached_property
    def failed(self) -> list[str]:
        """The commands that failed."""
        ended = [each["msg"] for each in self.entries if each.get("stepResult") == "failure"]
        steps = [found[1] for found in map(FAILED.search, ended) if found]
        return [step for step in steps if not step.startswith("./")]

    def __repr__(self) -> str:
        return f"{self.jobs} {self.failed}\n{self.said}\n{self.summary}"


def act(
    clone: Path,
    event: str,
    workflow: str,
    *,
    repository: str,
    inputs: Mapping[str, str],
    nothing: Path,
) -> Run:
    """Run a workflow of a clone until it ends; `nothing` replaces actions that only AWS needs."""
    cloud = [line.split("uses: ")[1].split(" #")[0] for line in remote_actions(clone)]
    command = [
        *("act", event, "--json", "--workflows", f".github/workflows/{workflow}"),
        *(
            "--platform",
            "ubuntu-24.04=-self-hosted",
            "--env-file",
            "/dev/null",
            "--var",
            "DEPLOY_ON_PUSH=true",
            "--defaultbranch",
            "main",
        ),
        *("--env", f"GITHUB_REPOSITORY={repository}", "--env", f"GITHUB_RUN_ID={next(RUN_ID)}"),
        *(word for name, value in inputs.items() for word in ("--input", f"{name}={value}")),
        *(word for action in cloud for word in ("--local-repository", f"{action}={nothing}")),
    ]
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=clone,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=MINUTES * 60,
        check=False,
    )
    entries = tuple(json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    assert any("jobResult" in each for each in entries), f"{workflow} did not run: {done.stdout}{done.stderr}"
    return Run(done.returncode == 0, time.monotonic() - started, entries)


def remote_actions(clone: Path) -> list[str]:
    """The lines of our actions that use third-party actions."""
    text = "".join(path.read_text() for path in (clone / ".github/actions").glob("*/action.yaml"))
    return [line for line in text.splitlines() if "uses: " in line and "./" not in line]


def for_act(clone: Path) -> None:
    """Remove the lines that act does not support from a clone's workflows; docs/fork.md says how."""
    for path in (clone / ".github/workflows").glob("*.yaml"):
        path.write_text(UNKNOWN.sub("", path.read_text()))
