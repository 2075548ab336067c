"""A new image tag, and our own images built in the local Docker engine."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime

from delivery import tags
from delivery.errors import ConfigurationError
from delivery.git import surroundings
from delivery.programs import ToolError, run
from demo.overlay import ROOT


def new_tag() -> str:
    """A tag that no earlier second has given, of this checkout's commit."""
    try:
        commit = run("git", "rev-parse", "HEAD", cwd=ROOT, env=surroundings(os.environ)).strip()
    except (ConfigurationError, ToolError):
        commit = "0000000"  # a download without its git history
    return tags.new(commit, datetime.now(UTC))


def build(service: str, image: str) -> None:
    """Build one service's image; what has not changed since the last time is quick."""
    command = ["docker", "build", "--quiet", "--file", f"{service}/Dockerfile", "--tag", image, "."]
    run(*command, seconds=900, cwd=ROOT)


def here(wanted: Iterable[str]) -> list[str]:
    """Which of these images the local Docker engine has."""
    listed = run("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    return sorted(set(wanted) & set(listed))
