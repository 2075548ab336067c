"""The services whose images are built here, and have one tag."""

from delivery.domain.settings import Settings

SERVICES = ("apm", "result", "vote", "worker")


def image_names(settings: Settings) -> dict[str, str]:
    """The images of our services, without their tags."""
    return {service: f"{settings.registry}/{service}" for service in SERVICES}
