"""The services: folders with a Dockerfile and src/NAME."""

from pathlib import Path

from delivery.domain.settings import Settings

ROOT = Path(__file__).parents[4]  # delivery is installed from its checkout
SERVICES = tuple(
    sorted(
        each.parent.name
        for each in ROOT.glob("*/Dockerfile")
        if (each.parent / "src" / each.parent.name).is_dir()
    )
)
# stage shows a release and is no part of one: it must not restart when a release begins. So its image has a
# tag of its own in k8s/components/stage, and is built only when somebody asks for it: `delivery build stage`.
BESIDE = ("stage",)
# A release: images that are built together and share a tag.
BUILT = tuple(each for each in SERVICES if each not in BESIDE)
# Deployed to environments; apm belongs to the platform.
DEPLOYED = tuple(each for each in BUILT if each != "apm")


def image_names(settings: Settings) -> dict[str, str]:
    """The image names of our services, without tags."""
    return {service: f"{settings.registry}/{service}" for service in SERVICES}
