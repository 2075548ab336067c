"""Image tags: the commit's first seven digits and the time of the build, in UTC."""

import re
from datetime import UTC, datetime

from delivery.domain.errors import ConfigurationError

TAG = re.compile(r"[0-9a-f]{7}-\d{14}")
SHORT = 12  # characters of a shortened tag: e3e1a9b-2026


def new(commit: str, now: datetime) -> str:
    """The tag of an image that is built from this commit now."""
    return f"{commit[:7]}-{now.astimezone(UTC):%Y%m%d%H%M%S}"


def checked(tag: str) -> str:
    """The tag, or a ConfigurationError with the expected form."""
    if not TAG.fullmatch(tag):
        raise ConfigurationError(f"an image tag looks like 0a1b2c3-20260102030405, not {tag!r}")
    return tag


def commit(tag: str) -> str:
    """The first seven digits of the commit that the image was built from."""
    return tag.partition("-")[0]
