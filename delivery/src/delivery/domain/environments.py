"""The environments, in the order in which a release passes them."""

from delivery.domain.errors import ConfigurationError, GateError

ORDER = ("dev", "qa", "uat", "staging")


def checked(env: str) -> str:
    """The environment's name, or a ConfigurationError that lists those there are."""
    if env not in ORDER:
        raise ConfigurationError(f"there is no environment {env!r}; it is one of {', '.join(ORDER)}")
    return env


def require_next(source: str, target: str) -> None:
    """Return if a release goes from source straight to target; else say which way it goes."""
    at = ORDER.index(checked(source))
    following = ORDER[at + 1] if at + 1 < len(ORDER) else ""
    if checked(target) == following:
        return
    path = " -> ".join(ORDER)
    way = f"promote {source} to {following} first" if following else f"{source} is the last one"
    raise GateError(
        f"{source} does not promote to {target}: the way is {path}; {way}, "
        f"or deploy the image to {target} directly with its image_tag"
    )
