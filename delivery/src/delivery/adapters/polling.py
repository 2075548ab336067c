"""Waiting for a condition, for a bounded time."""

import time
from collections.abc import Callable
from typing import TypeVar

from delivery.adapters.process import ToolError
from delivery.domain.errors import TimedOutError

Found = TypeVar("Found")
PAUSE_S = 0.5  # between two looks at a condition


def until(
    look: Callable[[], Found | None], *, what: str, seconds: float, why: Callable[[], str] = lambda: ""
) -> Found:
    """What `look` returns, as soon as that is neither None nor False; a failing tool is asked again.

    Too late, the error says what was waited for and, by `why`, how things stand.
    """
    end = time.monotonic() + seconds
    failure = ""
    while time.monotonic() < end:
        try:
            found = look()
        except ToolError as error:  # the API server may be away for a moment
            failure = str(error)
        else:
            failure = ""
            if found is not None and found is not False:
                return found
        time.sleep(PAUSE_S)
    reason = failure or why()
    raise TimedOutError(f"not within {seconds:g} s: {what}" + (f"; {reason}" if reason else ""))
