"""Image tags, and our own images built in the local Docker engine."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from delivery.errors import ConfigurationError
from delivery.programs import ToolError, run
from demo.overlay import ROOT

TAG = re.compile(r"[0-9a-f]{7}-\d{14}")


def new_tag() -> str:
    """A tag that no earlier second has given: the commit's first seven digits and the time, in UTC."""
    try:
        commit = run("git", "rev-parse", "--short=7", "HEAD", cwd=ROOT).strip()[:7]
    except (ConfigurationError, ToolError):
        commit = "0000000"  # a download without its git history
    return f"{commit}-{datetime.now(UTC):%Y%m%d%H%M%S}"


def checked_tag(tag: str) -> str:
    """The tag, or a ConfigurationError that says how one looks."""
    if not TAG.fullmatch(tag):
        raise ConfigurationError(f"IMAGE_TAG must look like 0a1b2c3-20260102030405, not {tag!r}")
    return tag


def build(service: str, image: str) -> None:
    """Build one service's image; what has not changed since the last time is quick."""
    command = ["docker", "build", "--quiet", "--file", f"{service}/Dockerfile", "--tag", image, "."]
    run(*command, seconds=900, cwd=ROOT)


def here(wanted: Iterable[str]) -> list[str]:
    """Which of these images the local Docker engine has."""
    listed = run("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    return sorted(set(wanted) & set(listed))
