"""What the live sources share: whether each of them is known, and the loop that asks."""

import re
import threading
import time
from collections.abc import Callable

import httpx


class SourceError(Exception):
    """A source gave no answer that can be shown; the message says why in a few words."""


Publish = Callable[..., object]  # publish("vote", release=..., ok=...); what says nothing new is dropped
# What an unreachable or broken source can raise.
FAILURES = (httpx.HTTPError, SourceError, OSError, ValueError, KeyError, TypeError, AttributeError)
SILENCE_S = 3.0  # a source that has not answered for this long is not known
CHECK_S = 0.25


class Source:
    """Publishes whether a source is known: it is not, once one of its parts has been silent for 3 s.

    It is known again when every part has answered. One failed request changes nothing: the next may succeed.
    """

    def __init__(
        self, name: str, publish: Publish, *parts: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self._publish, self._clock, self._lock = publish, clock, threading.Lock()
        self._heard = dict.fromkeys(parts or ("",), clock())
        self._silent = set(self._heard)  # the parts that have not answered since they were unknown
        self._known: bool | None = None
        self._why: dict[str, str] = {}  # by part, since its last answer

    def heard(self, part: str = "") -> None:
        """Note an answer."""
        with self._lock:
            self._heard[part] = self._clock()
            self._silent.discard(part)
            self._why.pop(part, None)
            if not self._silent:
                self._tell("")

    def failed(self, why: str, part: str = "") -> None:
        """Note why there was no answer."""
        with self._lock:
            self._why[part] = why

    def check(self) -> None:
        """Publish that the source is unknown if one of its parts has been silent for too long."""
        with self._lock:
            now = self._clock()
            late = {part for part, heard in self._heard.items() if now - heard > SILENCE_S}
            self._silent |= late
            if late:
                self._tell(next((self._why[part] for part in late if part in self._why), "no answer in time"))

    def _tell(self, why: str) -> None:
        known = not why
        if known is not self._known:
            self._known = known
            self._publish("source", source=self.name, known=known, why=why)


def repeat(source: Source, ask: Callable[[], None], stop: threading.Event, every_s: float = 1.0) -> None:
    """Call `ask` every so often until `stop`, and tell the source how it went."""
    while not stop.is_set():
        began = time.monotonic()
        try:
            ask()
            source.heard()
        except FAILURES as error:
            source.failed(failure(error))
        stop.wait(max(0.0, every_s - (time.monotonic() - began)))


def failure(error: Exception) -> str:
    """What happened to a request, in a few words."""
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    first = (str(error) or type(error).__name__).splitlines()[0]
    return re.sub(r"^\[Errno -?\d+\] ", "", first)
