"""New image tags, and the images of the local Docker engine."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from delivery.adapters.git_environment import environment
from delivery.adapters.process import ToolError, run
from delivery.domain import tags
from delivery.domain.errors import ConfigurationError
from delivery.domain.services import ROOT


def new_tag() -> str:
    """A new tag from this checkout's commit and the current time."""
    try:
        commit = run("git", "rev-parse", "HEAD", cwd=ROOT, env=environment(os.environ)).strip()
    except (ConfigurationError, ToolError):
        commit = "0000000"  # a download without its git history
    return tags.new(commit, datetime.now(UTC))


def load(cluster: str, *wanted: str) -> None:
    """Load images of the local Docker engine onto a cluster's nodes, quickly if they are there already."""
    if not wanted:
        return
    try:
        run("kind", "load", "docker-image", "--name", cluster, *wanted, seconds=600)
    except ToolError as error:
        # Docker's containerd store lists every platform of an image but has only one, which kind refuses.
        with TemporaryDirectory() as folder:
            archive = Path(folder) / "images.tar"
            try:
                save(archive, *wanted)
                run("kind", "load", "image-archive", "--name", cluster, str(archive), seconds=600)
            except ToolError:  # an older Docker cannot save a single platform
                raise error from None


def save(file: Path, *images: str) -> None:
    """Save images to an archive, each for this engine's platform only."""
    platform = run("docker", "version", "--format", "{{.Server.Os}}/{{.Server.Arch}}").strip()
    run("docker", "save", f"--platform={platform}", "--output", str(file), *images, seconds=600)


def in_full(image: str) -> str:
    """An image's name with its registry, as nodes list it."""
    host, _, rest = image.partition("/")
    if rest and ("." in host or ":" in host or host == "localhost"):
        return image
    return f"docker.io/{image}" if rest else f"docker.io/library/{image}"


def here(wanted: Iterable[str]) -> list[str]:
    """Those of these images that the local Docker engine has."""
    listed = run("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    return sorted(set(wanted) & set(listed))
