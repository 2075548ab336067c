"""The loop's health, for /health and /ready."""

import time
from collections.abc import Callable

# Longer than the slowest round, in which every call times out.
LIVE_S = 30.0
READY_S = 10.0


class Health:
    """The loop reports here, and the probes only read, so they never wait for Redis or PostgreSQL."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._heartbeat_at = clock()
        self._succeeded_at: float | None = None

    def heartbeat(self) -> None:
        """The loop has started a round."""
        self._heartbeat_at = self._clock()

    def succeeded(self) -> None:
        """A round succeeded: the schema exists, and Redis and PostgreSQL both answer."""
        self._succeeded_at = self._clock()

    def failed(self) -> None:
        """A round failed."""
        self._succeeded_at = None

    def is_live(self) -> bool:
        """True while the loop keeps iterating, even if Redis or PostgreSQL is down."""
        return self._clock() - self._heartbeat_at <= LIVE_S

    def is_ready(self) -> bool:
        """True while votes can be processed, whether there are any or not."""
        succeeded_at = self._succeeded_at  # the loop's thread may clear it at any time
        return succeeded_at is not None and self._clock() - succeeded_at <= READY_S
