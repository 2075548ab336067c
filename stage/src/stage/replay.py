"""Plays a recorded session by the same code as a live one, at the same speed or another."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from stage.checks import ConfigError
from stage.events import Session
from stage.state import NAMES, Event


class Replay:
    """The events of a recording, and the clock that runs through them."""

    def __init__(self, events: list[Event], *, speed: float = 1.0) -> None:
        self.events = events
        self.speed = speed
        self._began: float | None = None

    def now(self) -> int:
        """Milliseconds since the session began, and 0 while it is not played."""
        if self._began is None:
            return 0
        elapsed = int((time.monotonic() - self._began) * 1000 * self.speed)
        return min(elapsed, int(self.events[-1]["t"]))

    def play(self, session: Session, wait: Callable[[float], object] = time.sleep) -> None:
        """Publish each event at its time, and `end` after the last; it may be played again then."""
        self._began = began = time.monotonic()
        for event in self.events:
            late = began + event["t"] / 1000 / self.speed - time.monotonic()
            if late > 0:
                wait(late)
            session.publish(**event)
        self._began = None  # before `end`: from then on the session may begin anew
        session.publish("end", t=self.events[-1]["t"])


def read(path: Path) -> list[Event]:
    """The events in a recording, or a ConfigError that names the file and the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise ConfigError(f"cannot read the recording {path}: {reason}") from error
    events: list[Event] = []
    for number, line in enumerate(lines, 1):
        event = _event(line)
        if event is None or event["t"] < (events[-1]["t"] if events else 0):
            raise ConfigError(f"{path} line {number} is not an event of a recording")
        events.append(event)
    if not events or events[0]["event"] != "session":
        raise ConfigError(f"{path} is not a recording: its first line is not the session")
    return events


def _event(line: str) -> Event | None:
    try:
        event: Event = json.loads(line)
        return event if event["event"] in NAMES and isinstance(event["t"], int) else None
    except (ValueError, TypeError, KeyError):
        return None
