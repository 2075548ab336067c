"""What a check has found, and how to fix it."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread

from delivery.adapters.process import limited
from delivery.domain.errors import ConfigurationError, DeliveryError

GIB = 1024**2  # KiB
RESET = "make stage-reset"
SECONDS = 8  # for each question to a program
EARLIER_S = 0.5  # programs are stopped this long before the limit, so that none outlives ours
Check = tuple[str, Callable[[], str], str]  # its name, what it finds, the fix where it cannot run


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
    """A check has found something; its arguments are what, and the way to fix it if that is not the usual."""


def finding(what: str, check: Callable[[], str], fix: str) -> Finding:
    """Run one check; an error is a finding; its fix is the one it names, or `fix`."""
    try:
        return Finding(what, check())
    except Problem as problem:
        found, *named = problem.args
        return Finding(what, found, *named or [fix])
    except ConfigurationError as error:
        said, _, way = str(error).partition("; ")
        return Finding(what, said, way or fix)
    except (DeliveryError, OSError, ValueError, LookupError) as error:
        return Finding(what, " ".join(str(error).split()), fix)


def asked(checks: list[Check], end: float) -> Iterator[Finding]:
    """Run every check at once and yield each finding in order, by `end` in time.monotonic().

    A check that has not answered by then counts as failed; its thread ends with the process.
    """
    answers = [(check, started(check, end)) for check in checks]
    for (what, _, fix), answer in answers:
        try:
            yield answer.result(timeout=max(0.0, end - time.monotonic()))
        except TimeoutError:
            yield Finding(what, "no answer in time", fix)


def started(check: Check, end: float) -> Future[Finding]:
    """Run one check in a thread of its own."""
    answer: Future[Finding] = Future()

    def run() -> None:
        try:
            with limited(end - EARLIER_S):
                answer.set_result(finding(*check))
        except Exception as error:  # a mistake of ours, for the caller
            answer.set_exception(error)

    Thread(target=run, daemon=True).start()
    return answer


def enough(what: str, kib: int, gib: int) -> str:
    """So much memory or disk in GiB, or a Problem if it is less than a release needs."""
    found = f"{kib / GIB:.1f} GiB {what}"
    if kib < gib * GIB:
        raise Problem(f"{found}, a release needs {gib}")
    return found
