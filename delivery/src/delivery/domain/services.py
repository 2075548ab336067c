"""The services: folders with a Dockerfile and src/NAME. Their images are built together and share a tag."""

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
# Deployed to environments; apm belongs to the platform.
DEPLOYED = tuple(each for each in SERVICES if each != "apm")


def image_names(settings: Settings) -> dict[str, str]:
    """The image names of our services, without tags."""
    return {service: f"{settings.registry}/{service}" for service in SERVICES}
