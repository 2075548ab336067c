"""One session: the events of the sources, the state that they add up to, and its viewers."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from stage.state import NAMES, Event, apply, nothing

BACKLOG = 1000  # events that a slow viewer may be behind; further behind, it gets the state again
EVERY_S = 0.1  # between two messages to one viewer
PING_S = 2.0  # the page takes a stream for lost that is silent for longer
RETRY_MS = 1000


class Session:
    """Publishes events to any number of viewers; publishing never waits for one."""

    def __init__(
        self,
        *,
        now: Callable[[], int] | None = None,
        record: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """`now` is the session's clock in milliseconds; `record` gets each event as a line of JSON."""
        began = time.monotonic()
        self.now = now or (lambda: int((time.monotonic() - began) * 1000))
        self._record = record
        self._state = nothing()
        self._last: dict[str, Event] = {}  # the content of each kind, and of each source
        self._t = 0
        self._published = 0
        self._backlog: deque[bytes] = deque(maxlen=BACKLOG)
        self._changed = threading.Condition()
        self._closed = False
        self.watched = threading.Event()  # set by the first viewer

    def publish(self, event: str, *, t: int | None = None, **content: Any) -> bool:
        """Add an event, now or at `t`; False if it says nothing new."""
        if event not in NAMES:
            raise ValueError(f"unknown event {event!r}")
        key = f"{event} {content.get('source', '')}"
        with self._changed:
            if event not in ("vote", "verdict"):
                if self._last.get(key) == content:
                    return False
                self._last[key] = content
            self._t = max(self._t, self.now() if t is None else t)  # time never falls
            whole = {"t": self._t, "event": event, **content}
            line = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
            apply(self._state, json.loads(line))
            self._record(line)
            self._backlog.append(line.encode())
            self._published += 1
            self._changed.notify_all()
        return True

    def snapshot(self) -> Event:
        """Everything known, as an event."""
        with self._changed:
            found: Event = json.loads(self._snapshot())
            return found

    def follow(self, ping_s: float = PING_S, every_s: float = EVERY_S) -> Iterator[bytes]:
        """One viewer's event stream: a snapshot, then what is new, at most once in `every_s`."""
        self.watched.set()
        yield b"retry: %d\n\n" % RETRY_MS
        seen = -1
        while True:
            with self._changed:
                if seen >= 0:
                    self._changed.wait_for(lambda: self._closed or self._published > seen, ping_s)  # noqa: B023
                if self._closed:
                    return
                message = self._message(seen)
                seen = self._published
            yield message
            time.sleep(every_s)

    def restart(self) -> bool:
        """Forget everything and begin anew, for every viewer; False if the session has not ended."""
        with self._changed:
            if not self._state["ended"]:
                return False
            self._state = nothing()
            self._last.clear()
            self._backlog.clear()
            self._t = 0
            self._published += 1  # with no backlog, every viewer is behind and gets the snapshot
            self._changed.notify_all()
        return True

    def close(self) -> None:
        """End every stream."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _message(self, seen: int) -> bytes:
        behind = self._published - seen
        if seen < 0 or behind > len(self._backlog):
            news = [self._snapshot()]
        else:
            news = list(islice(self._backlog, len(self._backlog) - behind, None))
        return b"id: %d\ndata: [%s]\n\n" % (max(self._t, self.now()), b",".join(news))

    def _snapshot(self) -> bytes:
        whole = {"event": "snapshot", "t": self._t, **self._state}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
