"""The edge to docker: build and push our images, and ask the registry for their digests."""

import re
from collections.abc import Sequence
from pathlib import Path

from delivery.config import Settings
from delivery.errors import ConfigurationError, DeliveryError
from delivery.overlay import Image
from delivery.programs import Hands, ToolError, run

DIGEST = re.compile(r"^Digest:\s+(sha256:[0-9a-f]{64})$", re.MULTILINE)
SERVICES = ("apm", "result", "vote", "worker")  # whose images are built here, and have one tag


def names(settings: Settings) -> dict[str, str]:
    """The images of our services, without their tags."""
    return {service: f"{settings.registry}/{service}" for service in SERVICES}


def build(
    settings: Settings,
    root: Path,
    tag: str,
    hands: Hands,
    *,
    push: bool,
    services: Sequence[str] = SERVICES,
) -> None:
    """Build these services' images under this tag, then push them: all are built, or none is pushed."""
    images = {service: f"{name}:{tag}" for service, name in names(settings).items() if service in services}
    source = f"org.opencontainers.image.source={settings.github}"  # by which GHCR links a package
    for service, image in images.items():
        what = ("--file", f"{service}/Dockerfile", "--label", source, "--tag", image)
        hands.change("docker", "build", "--quiet", *what, ".", seconds=900, cwd=root)
    for image in images.values() if push else ():
        try:
            hands.change("docker", "push", "--quiet", image, seconds=600)
        except ToolError as error:
            raise ConfigurationError(
                f"{settings.registry} does not take {image}; is it there, and is docker logged in? ({error})"
            ) from error


def pinned(image: Image) -> Image:
    """The image with the digest that the registry has for its tag."""
    where = f"{image.name}:{image.tag}"
    try:
        said = run("docker", "buildx", "imagetools", "inspect", where, seconds=60)
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
    # Not --format: some versions of buildx leave it aside for an image of one platform.
    digest = DIGEST.search(said)
    if digest is None:
        raise ConfigurationError(f"docker buildx imagetools names no digest for {where}; update buildx")
    return Image(image.name, image.tag, digest[1])
