"""Waits for a condition with a timeout."""

import time
from collections.abc import Callable
from typing import TypeVar

from delivery.adapters.process import ToolError
from delivery.domain.errors import TimedOutError

Found = TypeVar("Found")
PAUSE_S = 0.5  # between two checks of a condition


def until(
    look: Callable[[], Found | None], *, what: str, seconds: float, why: Callable[[], str] = lambda: ""
) -> Found:
    """The result of `look` as soon as it is neither None nor False; a ToolError is retried.

    After a timeout, the error says what was awaited and, from `why`, the last status.
    """
    failure = ""

    def asked() -> Found | None:
        nonlocal failure
        try:
            found = look()
        except ToolError as error:  # the API server may be unreachable for a moment
            failure = str(error)
            return None
        failure = ""
        return found

    found = within(seconds, asked, pause_s=PAUSE_S)
    if found is None:
        reason = failure or why()
        raise TimedOutError(f"not within {seconds:g} s: {what}" + (f"; {reason}" if reason else ""))
    return found


def within(seconds: float, look: Callable[[], Found | None], *, pause_s: float) -> Found | None:
    """The result of `look` as soon as it is neither None nor False; None after the timeout."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found is not None and found is not False:
            return found
        time.sleep(pause_s)
    return None
