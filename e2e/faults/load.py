"""A limited number of voters for the fault stories; it records which votes were accepted."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Self

from e2e.sites import one_connection_each

THREADS = 8
AT_MOST_S = 60


@dataclass
class Crowd(AbstractContextManager):
    """New voters who vote continuously until the block ends, for at most a minute."""

    url: str
    answers: Counter = field(default_factory=Counter)
    accepted: dict[str, str] = field(default_factory=dict)
    slowest_s: float = 0.0

    def __enter__(self) -> Self:
        self._end = time.monotonic() + AT_MOST_S
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._vote, args=(n,)) for n in range(THREADS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def has(self, status: int, more: int = 20) -> Callable[[], bool]:
        """A condition: that many more answers with this status than now."""
        goal = self.answers[status] + more
        return lambda: self.answers[status] >= goal

    def _vote(self, number: int) -> None:
        choice = "ab"[number % 2]
        with one_connection_each(self.url) as browser:
            while not self._stop.is_set() and time.monotonic() < self._end:
                started = time.monotonic()
                answer = browser.post("/", data={"vote": choice})
                took = time.monotonic() - started
                with self._lock:
                    self.slowest_s = max(self.slowest_s, took)
                    self.answers[answer.status_code] += 1
                    if answer.is_success:
                        self.accepted[answer.cookies["voter"]] = choice
                browser.cookies.clear()  # the next vote is from a new voter
