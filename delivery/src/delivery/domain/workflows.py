"""The workflows of this repository, by what a person wants to do."""

from delivery.domain.settings import Settings


def deploy(settings: Settings, env: str) -> str:
    """Build and deploy to an environment."""
    return _page(settings, f"ci-build-push-{settings.name}-{env}.yaml")


def promote(settings: Settings) -> str:
    """Carry an image from one environment to the next."""
    return _page(settings, f"promote-{settings.name}.yaml")


def promote_rollout(settings: Settings, env: str) -> str:
    """Make an environment's preview active."""
    return _page(settings, f"promote-{env}-rollout-{settings.name}.yaml")


def rollback(settings: Settings) -> str:
    """Go back to the release before."""
    return _page(settings, f"rollback-{settings.name}.yaml")


def landscape(settings: Settings) -> str:
    """Renew the dashboard."""
    return _page(settings, f"deployment-landscape-{settings.name}.yaml")


def _page(settings: Settings, file: str) -> str:
    return f"{settings.github}/actions/workflows/{file}"
