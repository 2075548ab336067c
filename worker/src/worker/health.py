"""What /health and /ready know about the loop."""

import time
from collections.abc import Callable

# Longer than the slowest round, in which everything runs into its time limit.
LIVE_S = 30.0
READY_S = 10.0


class Health:
    """The loop reports here; the probes only look, so they never wait for a server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turned_at = clock()
        self._succeeded_at: float | None = None

    def turned(self) -> None:
        """The loop has come round, with or without success."""
        self._turned_at = self._clock()

    def succeeded(self) -> None:
        """The schema is there, and Redis and PostgreSQL both answer."""
        self._succeeded_at = self._clock()

    def failed(self) -> None:
        """One of the servers did not do what it was asked."""
        self._succeeded_at = None

    def is_live(self) -> bool:
        """True as long as the loop comes round, which it also does while a server is away."""
        return self._clock() - self._turned_at <= LIVE_S

    def is_ready(self) -> bool:
        """True while votes flow, or would if there were any."""
        succeeded_at = self._succeeded_at  # the loop's thread may clear it at any time
        return succeeded_at is not None and self._clock() - succeeded_at <= READY_S
