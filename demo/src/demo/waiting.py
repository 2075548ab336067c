"""Waiting for a condition, for a bounded time."""

import time
from collections.abc import Callable
from typing import TypeVar

from demo.errors import TimedOutError
from demo.kubectl import ToolError

Found = TypeVar("Found")
PAUSE_S = 0.5  # between two looks at a condition


def until(look: Callable[[], Found | None], *, what: str, seconds: float) -> Found:
    """What `look` returns, as soon as that is neither None nor False; a failing tool is asked again."""
    end = time.monotonic() + seconds
    last = ""
    while time.monotonic() < end:
        try:
            found = look()
        except ToolError as error:  # the API server may be away for a moment
            last = f"; {error}"
        else:
            last = ""
            if found is not None and found is not False:
                return found
        time.sleep(PAUSE_S)
    raise TimedOutError(f"not within {seconds:g} s: {what}{last}")
