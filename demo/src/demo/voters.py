"""A limited number of voters, and their votes per release."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle
from types import TracebackType
from typing import Self

from demo.local_pages import PATIENCE_S, Page, Vote


@dataclass(frozen=True)
class Count:
    """The votes that one release accepted and failed, and the latency of each in seconds."""

    ok: int
    failed: int
    latencies: tuple[float, ...]

    @property
    def total(self) -> int:
        """All its votes."""
        return self.ok + self.failed


class Crowd:
    """Votes on a page from `start` to `stop`: `rate` per second, one connection each.

    `voted` gets every vote that was answered or has timed out.
    """

    def __init__(
        self, page: Page, voted: Callable[[Vote], None], *, rate: float = 10, threads: int = 4
    ) -> None:
        self._page, self._voted = page, voted
        self._every_s = threads / rate
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(number / rate,), daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Start voting."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Begin no further vote."""
        self._stopped.set()

    def stop(self) -> None:
        """Stop, and return once the last vote has been answered; repeating it does nothing."""
        self.end()
        for thread in self._threads:
            thread.join()
        self._page.close()

    def _run(self, delay: float) -> None:
        choices = cycle("ab")
        while not self._stopped.wait(delay):
            started = time.monotonic()
            self._voted(self._page.vote(next(choices)))
            delay = max(0.0, self._every_s - (time.monotonic() - started))


class Voters:
    """Votes on one URL within a `with` block, at most `limit` times, and keeps the votes."""

    def __init__(
        self,
        url: str,
        *,
        rate: float = 10,
        threads: int = 4,
        limit: int = 20_000,
        patience_s: float = PATIENCE_S,
        voted: Callable[[Vote], None] = lambda _: None,
    ) -> None:
        self._limit, self._voted = limit, voted  # `voted` gets each vote, too
        self._votes: list[Vote] = []
        page = Page(url, patience_s=patience_s)
        self._crowd = Crowd(page, self._keep, rate=rate, threads=threads)

    @property
    def votes(self) -> tuple[Vote, ...]:
        """Every vote so far that was answered or has timed out."""
        return tuple(self._votes)

    @property
    def accepted(self) -> int:
        """How many of them were accepted."""
        return sum(vote.ok for vote in self.votes)

    def counts(self) -> dict[str, Count]:
        """The votes so far by release."""
        return count(self.votes)

    def __enter__(self) -> Self:
        """Start voting."""
        self._crowd.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and return once the last vote has been answered."""
        self.stop()

    def stop(self) -> None:
        """Stop, and return once the last vote has been answered; repeating it does nothing."""
        self._crowd.stop()

    def _keep(self, vote: Vote) -> None:
        self._votes.append(vote)
        self._voted(vote)
        if len(self._votes) >= self._limit:
            self._crowd.end()


def count(votes: Iterable[Vote]) -> dict[str, Count]:
    """The votes by the release that answered; unanswered votes are under the empty name."""
    by_release: dict[str, list[Vote]] = {}
    for vote in votes:
        by_release.setdefault(vote.release, []).append(vote)
    return {
        release: Count(
            ok=sum(vote.ok for vote in theirs),
            failed=sum(not vote.ok for vote in theirs),
            latencies=tuple(vote.seconds for vote in theirs),
        )
        for release, theirs in by_release.items()
    }
