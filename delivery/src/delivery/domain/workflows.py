"""The names of the workflow files, which contain the app's name."""

from delivery.domain.settings import Settings


def apply(settings: Settings) -> str:
    """Apply main to an environment."""
    return f"apply-{settings.name}.yaml"


def deploy(settings: Settings, env: str) -> str:
    """Build and deploy to an environment."""
    return f"ci-build-push-{settings.name}-{env}.yaml"


def landscape(settings: Settings) -> str:
    """Update the dashboard."""
    return f"deployment-landscape-{settings.name}.yaml"


def platform(settings: Settings) -> str:
    """Build apm, and apply the platform."""
    return f"platform-{settings.name}.yaml"


def promote(settings: Settings) -> str:
    """Promote a release from one environment to the next."""
    return f"promote-{settings.name}.yaml"


def promote_rollout(settings: Settings, env: str) -> str:
    """Make an environment's preview active."""
    return f"promote-{env}-rollout-{settings.name}.yaml"


def rollback(settings: Settings) -> str:
    """Roll back to the previous release."""
    return f"rollback-{settings.name}.yaml"


def page(settings: Settings, file: str) -> str:
    """The URL of a workflow on GitHub, with the button that runs it."""
    return f"{settings.github}/actions/workflows/{file}"
