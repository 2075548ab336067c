"""Time to render the dashboard from a long history: 50,000 commits, one in ten a deployment."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import FailedError
from bench.sizes import Sizes
from bench.table import Goal, Group
from delivery.adapters.github import ActionsEnvironment
from delivery.adapters.process import Runner
from delivery.commands import landscape
from delivery.domain import history, overlay
from delivery.domain.attribution import Person
from delivery.domain.settings import Settings
from delivery.output.dashboard import SHOWN
from delivery.steps.desired_state import DesiredState
from delivery.steps.project import Project

EVERY = 10  # one commit in ten is a deployment
LIMIT_S = 3.0
START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
SETTINGS = Settings.from_file(Path(__file__).parents[1])
ENVIRONMENTS = SETTINGS.env_names


def measure(sizes: Sizes) -> list[Group]:
    title = f"dashboard of {sizes.commits:,} commits, {sizes.commits // EVERY:,} of them deployments, in s"
    group = Group(title, "{:,.2f}")
    limit = f"{LIMIT_S:g} s"
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        git(root, "init", "--quiet", "--bare", "--initial-branch=main")
        git(root, "fast-import", "--quiet", stdin="".join(stream(sizes.commits)))
        project = Project(root, SETTINGS, ActionsEnvironment(), Runner())
        now = datetime.fromtimestamp(START + 60 * sizes.commits, UTC)
        for _ in range(sizes.rounds):
            started = time.perf_counter()
            text = landscape.at(project, DesiredState(project.git, "main"), {})(now)
            group.add("delivery landscape", time.perf_counter() - started)
            group.add(limit, LIMIT_S)
            if text.count("• ") != SHOWN * len(ENVIRONMENTS):
                raise FailedError("deployments are missing in the dashboard")
    group.compare("delivery landscape", limit, Goal(100, "%", at_most=True))
    return [group]


def stream(commits: int) -> Iterator[str]:
    """The history as input for git fast-import: the overlays first, then changes and deployments."""
    for number in range(commits):
        at = f"{int(START) + 60 * number} +0000"
        env, tag = ENVIRONMENTS[number // EVERY % len(ENVIRONMENTS)], f"{number:07x}-20260101000000"
        deploys = number % EVERY == EVERY - 1
        text = history.message(deployment(env, tag)) if deploys else f"fix: {number}\n\nA body\nof lines.\n"
        yield "commit refs/heads/main\n"
        yield f"author Ada <ada@example.org> {at}\ncommitter Ada <ada@example.org> {at}\n{data(text)}"
        if number == 0:
            yield from (
                f"M 644 inline {overlay.path(each)}\n{data(kustomization(tag))}" for each in ENVIRONMENTS
            )
        elif deploys:
            yield f"M 644 inline {overlay.path(env)}\n{data(kustomization(tag))}"
        else:
            yield f"M 644 inline vote/src/vote/file{number % 300}.py\n{data(text)}"


def deployment(env: str, tag: str) -> history.Deployment:
    images = tuple(overlay.Image(f"{SETTINGS.registry}/{each}", tag) for each in ("result", "vote", "worker"))
    people = (Person("Ada", "ada@example.org"),)
    return history.Deployment(
        commit="", at=datetime.now(UTC), env=env, images=images, source="a" * 40, people=people
    )


def kustomization(tag: str) -> str:
    return f"components: []\nimages:\n  - {{name: vote, newName: {SETTINGS.registry}/vote, newTag: {tag}}}\n"


def data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def git(folder: Path, *arguments: str, stdin: str = "") -> None:
    subprocess.run(["git", *arguments], cwd=folder, input=stdin, text=True, check=True, timeout=300)
