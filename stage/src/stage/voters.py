"""Votes through the front door, as users do, and publishes each vote."""

from demo.local_pages import Page, Vote
from demo.voters import Crowd
from stage.sources import Publish, Source

PATIENCE_S = 3.0  # more than vote takes to say that it cannot take a vote
SYNTHETIC = {"X-Synthetic-Vote": "1"}  # such votes never change the tally


class Voters:
    """About ten voters a second, each on a new connection."""

    def __init__(self, url: str, publish: Publish, *, rate: float = 10) -> None:
        self.source = Source("users", publish)
        self._publish = publish
        self._crowd = Crowd(Page(url, patience_s=PATIENCE_S, headers=SYNTHETIC), self._voted, rate=rate)
        self.start, self.end = self._crowd.start, self._crowd.end

    def _voted(self, vote: Vote) -> None:
        content = {"release": vote.release, "ok": vote.ok, "status": vote.status}
        why = {"why": vote.why} if not vote.release else {}
        self._publish("vote", **content, ms=round(1000 * vote.seconds), **why)
        if vote.status:
            self.source.heard()
        else:
            self.source.failed(vote.why)
