"""The services, whose images are built here, and have one tag: folders with a Dockerfile and src/NAME."""

from pathlib import Path

from delivery.domain.settings import Settings

ROOT = Path(__file__).parents[4]  # delivery is installed from its checkout, and works there
SERVICES = tuple(
    sorted(
        each.parent.name
        for each in ROOT.glob("*/Dockerfile")
        if (each.parent / "src" / each.parent.name).is_dir()
    )
)
DEPLOYED = tuple(each for each in SERVICES if each != "apm")  # to environments; apm is the platform's


def image_names(settings: Settings) -> dict[str, str]:
    """The images of our services, without their tags."""
    return {service: f"{settings.registry}/{service}" for service in SERVICES}
