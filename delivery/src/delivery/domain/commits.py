"""The content of a commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Commit:
    """The content of a commit: whole files that change, the message, and folders by the ids of trees."""

    files: Mapping[str, str]
    message: str
    folders: Mapping[str, str] = field(default_factory=dict)
