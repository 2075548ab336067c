"""The docker adapter: builds and pushes our images, and reads their digests from the registry."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from delivery.adapters.process import Runner, ToolError, run
from delivery.domain.errors import ConfigurationError, DeliveryError
from delivery.domain.image import Image
from delivery.domain.services import SERVICES, image_names
from delivery.domain.settings import Settings

DIGEST = re.compile(r"^Digest:\s+(sha256:[0-9a-f]{64})$", re.MULTILINE)
PLATFORM = re.compile(r"^ *Platform:\s+(\S+)$", re.MULTILINE)
UNKNOWN = "unknown/unknown"  # the platform of an attestation
ALONE = ("--provenance=false", "--sbom=false")  # with attestations an image is a list, which kind cannot load
BUILDER = "delivery"


def build(
    settings: Settings,
    root: Path,
    tag: str,
    runner: Runner,
    *,
    push: bool,
    services: Sequence[str] = SERVICES,
) -> None:
    """Build the images of these services with this tag, then push them; none is pushed unless all build."""
    images = {
        service: f"{name}:{tag}" for service, name in image_names(settings).items() if service in services
    }
    several = "," in settings.platforms
    how = [f"--platform={settings.platforms}"]
    # GHCR links the package to this repository.
    how += ["--label", f"org.opencontainers.image.source={settings.github}"]
    if several:
        make_builder(runner)
    commands = {
        image: command(service, image, *how, builder=BUILDER if several else "")
        for service, image in images.items()
    }
    for each in commands.values():
        run_build(each, root, runner)
    for image, each in commands.items() if push else ():
        # Images for several platforms are in the builder, which pushes them itself.
        sent = [*each[:-1], "--push", "."] if several else ["docker", "push", "--quiet", image]
        try:
            runner.change(*sent, seconds=600, cwd=root)
        except ToolError as error:
            raise ConfigurationError(
                f"{settings.registry} refused {image}; does it exist, and is docker logged in? ({error})"
            ) from error


def build_here(images: Mapping[str, str], root: Path) -> None:
    """Build these images, by service, for the platform of this machine; unchanged ones are cached."""
    for service, image in images.items():
        run_build(command(service, image), root, Runner())


def command(service: str, image: str, *options: str, builder: str = "") -> list[str]:
    """The command that builds the image of one service, optionally with a builder."""
    how = ["docker", "buildx", "build", "--builder", builder] if builder else ["docker", "build"]
    return [*how, "--quiet", *ALONE, *options, "--file", f"{service}/Dockerfile", "--tag", image, "."]


def run_build(build: Sequence[str], root: Path, runner: Runner) -> None:
    """Run a build command; raises a clear error if Docker has no buildx."""
    try:
        runner.change(*build, seconds=1800, cwd=root)
    except ToolError as error:
        if "unknown flag" in error.output:
            raise ConfigurationError(
                "docker has no buildx; install it: https://github.com/docker/buildx#installing"
            ) from error
        raise


def make_builder(runner: Runner) -> None:
    """Create the builder for several platforms if it is missing: Docker's default may support only one."""
    try:
        run("docker", "buildx", "inspect", BUILDER)
    except ToolError:
        network = "--driver-opt=network=host"  # so that it reaches a registry on this machine
        runner.change("docker", "buildx", "create", "--name", BUILDER, "--driver=docker-container", network)


def pinned(image: Image) -> Image:
    """The image with the digest that the registry has for its tag."""
    where = f"{image.name}:{image.tag}"
    try:
        said = inspected(where)
    except ToolError as error:
        if "not found" in error.output or "manifest unknown" in error.output:
            raise ConfigurationError(
                f"the registry has no {where}; build it: delivery build --image-tag {image.tag}"
            ) from error
        raise ConfigurationError(f"the registry does not answer for {where}; {error}") from error
    except ConfigurationError:
        raise
    except DeliveryError as error:
        raise ConfigurationError(f"the registry does not answer for {where}; {error}") from error
    # Not --format: some versions of buildx ignore it for an image of one platform.
    digest = DIGEST.search(said)
    if digest is None:
        raise ConfigurationError(f"docker buildx imagetools names no digest for {where}; update buildx")
    return Image(image.name, image.tag, digest[1])


def platforms(image: Image) -> set[str]:
    """The platforms of an image, such as linux/amd64; empty if they are unknown."""
    try:
        said = inspected(f"{image.name}@{image.digest}", "--format={{json .Image}}")
    except DeliveryError:
        return set()
    try:
        found = json.loads(said)
        one = f"{found.pop('os')}/{found.pop('architecture')}" if "os" in found else ""
    except (ValueError, TypeError, AttributeError, KeyError):
        return {*PLATFORM.findall(said)} - {UNKNOWN}  # an older buildx ignores the format
    return {one} if one else {"/".join(each.split("/")[:2]) for each in found} - {UNKNOWN}


def inspected(where: str, *options: str) -> str:
    """The registry's information about an image."""
    return run("docker", "buildx", "imagetools", "inspect", where, *options, seconds=60)
