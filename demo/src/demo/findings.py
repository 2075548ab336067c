"""What a check has found, and how to fix it."""

from collections.abc import Callable
from dataclasses import dataclass

from delivery.domain.errors import DeliveryError

GIB = 1024**2  # KiB


@dataclass(frozen=True)
class Finding:
    """The result of one check; without a fix, all is well."""

    what: str
    found: str
    fix: str = ""

    @property
    def ok(self) -> bool:
        """Whether the demo would work as far as this check can tell."""
        return not self.fix


class Problem(Exception):  # noqa: N818 - a finding, not an error of the program
    """A check has found something; its arguments are what, and the way to fix it."""


def finding(what: str, check: Callable[[], str], fix: str) -> Finding:
    """Run one check; an error counts as found, with the usual way to fix it."""
    try:
        return Finding(what, check())
    except Problem as problem:
        return Finding(what, *problem.args)
    except (DeliveryError, OSError, ValueError, LookupError) as error:
        return Finding(what, " ".join(str(error).split()), fix)


def enough(what: str, kib: int, gib: int, fix: str) -> str:
    """So much memory or disk in GiB, or a Problem if it is less than a release needs."""
    found = f"{kib / GIB:.1f} GiB {what}"
    if kib < gib * GIB:
        raise Problem(f"{found}, a release needs {gib}", fix)
    return found
