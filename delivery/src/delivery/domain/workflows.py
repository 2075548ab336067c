"""The workflow files that carry the app's name, by what they do."""

from delivery.domain.settings import Settings


def apply(settings: Settings) -> str:
    """Apply what main says to an environment."""
    return f"apply-{settings.name}.yaml"


def deploy(settings: Settings, env: str) -> str:
    """Build and deploy to an environment."""
    return f"ci-build-push-{settings.name}-{env}.yaml"


def landscape(settings: Settings) -> str:
    """Renew the dashboard."""
    return f"deployment-landscape-{settings.name}.yaml"


def platform(settings: Settings) -> str:
    """Build apm, and apply the platform."""
    return f"platform-{settings.name}.yaml"


def promote(settings: Settings) -> str:
    """Carry an image from one environment to the next."""
    return f"promote-{settings.name}.yaml"


def promote_rollout(settings: Settings, env: str) -> str:
    """Make an environment's preview active."""
    return f"promote-{env}-rollout-{settings.name}.yaml"


def rollback(settings: Settings) -> str:
    """Go back to the release before."""
    return f"rollback-{settings.name}.yaml"


def page(settings: Settings, file: str) -> str:
    """Where GitHub shows a workflow, with the button that runs it."""
    return f"{settings.github}/actions/workflows/{file}"
