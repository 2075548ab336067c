"""The newest figures: the feed publishes them, and every viewer waits for the next version."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from result.tally import Results, Snapshot, results

PING_S = 10.0  # proxies close silent streams, and the page reconnects after 25 s of silence
RETRY_MS = 1000


@dataclass(frozen=True)
class Version:
    """One version of the figures, encoded once for all viewers; `replaced` is set by the next one."""

    snapshot: Snapshot
    results: Results
    message: bytes
    replaced: threading.Event = field(default_factory=threading.Event)


class LiveResults:
    """Holds the newest figures; publishing never waits for a viewer."""

    def __init__(self, names: tuple[str, str]) -> None:
        self._names = names
        self._publishing = threading.Lock()
        self._closed = False
        self.current = self._version(Snapshot(None, stale_since=datetime.now(UTC)))

    def publish(self, snapshot: Snapshot) -> bool:
        """Replace the figures and wake all viewers; False if nothing has changed."""
        with self._publishing:
            before = self.current
            if self._closed or snapshot == before.snapshot:
                return False
            self.current = self._version(snapshot)
        before.replaced.set()
        return True

    def follow(self, ping_s: float = PING_S) -> Iterator[bytes]:
        """One viewer's event stream: the figures now, then at each change, and every `ping_s` without one."""
        yield b"retry: %d\n\n" % RETRY_MS
        while not self._closed:
            version = self.current
            yield version.message
            version.replaced.wait(ping_s)

    def close(self) -> None:
        """End every stream."""
        with self._publishing:
            self._closed = True
            self.current.replaced.set()

    def _version(self, snapshot: Snapshot) -> Version:
        shown = results(snapshot, self._names)
        return Version(snapshot, shown, b"data: %s\n\n" % json.dumps(shown).encode())
