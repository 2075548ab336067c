"""Kubernetes objects as JSON."""

from collections.abc import Iterable
from typing import Any

Object = dict[str, Any]


def named(objects: Iterable[Object], kind: str) -> list[Object]:
    """The objects of one kind."""
    return [each for each in objects if each["kind"] == kind]
