"""What to commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Commit:
    """What to commit: the files that change, whole, the message, and folders as the trees of these ids."""

    files: Mapping[str, str]
    message: str
    folders: Mapping[str, str] = field(default_factory=dict)
