"""Voters on one URL of an environment, and the check that the tally has their votes."""

from delivery.adapters.polling import until
from delivery.domain.errors import DeliveryError
from demo.environment import Environment
from demo.local_pages import PATIENCE_S, Page, Vote
from demo.voters import Voters

RATE = 5  # per second: enough to see an effect, while two lanes share a laptop
LIMIT_S = 800  # thirteen minutes
ENOUGH = 50  # accepted votes; fewer prove nothing
IN_A_ROW = 20  # this many accepted in a row mean that votes work
REFUSED = 500  # the status of the switch: the vote was not sent to Redis


class Load(Voters):
    """Votes at a constant rate within a `with` block, each from a new voter over a new connection."""

    def __init__(
        self, env: Environment, page: str = "vote", *, rate: int = RATE, patience_s: float = PATIENCE_S
    ) -> None:
        urls = env.urls()
        threads, limit = max(4, rate // 2), rate * LIMIT_S
        super().__init__(urls[page], rate=rate, threads=threads, limit=limit, patience_s=patience_s)
        self._result = Page(urls["result"])
        self._before = self._result.total()

    def failures(self, *, but: str = "") -> list[Vote]:
        """The failed votes, answered or not, except those of the release `but`."""
        return [vote for vote in self.votes if not vote.ok and (not but or vote.release != but)]

    def of(self, release: str, since: float = 0) -> list[Vote]:
        """The votes that one release answered."""
        return [vote for vote in self.votes if vote.release == release and vote.at >= since]

    def wait_for(self, release: str, *, more: int) -> None:
        """Return once this release has answered that many more votes."""
        goal = len(self.of(release)) + more
        until(
            lambda: len(self.of(release)) >= goal,
            what=f"{more} more votes reach release {release}",
            seconds=60,
        )

    def wait_until_accepted(self) -> None:
        """Return once votes are accepted again, by any release."""
        seen = len(self.votes)

        def work() -> bool:
            newest = self.votes[seen:][-IN_A_ROW:]
            return len(newest) == IN_A_ROW and all(vote.ok for vote in newest)

        until(work, what="votes work again", seconds=90)

    def counted(self) -> int:
        """Stop the voters; returns the votes that the tally has gained, once it has every accepted vote."""
        self.stop()
        assert self.accepted >= ENOUGH
        unknown = sum(not vote.ok and vote.status != REFUSED for vote in self.votes)
        gained = 0

        def all_counted() -> bool:
            nonlocal gained
            try:
                gained = self._result.total() - self._before
            except DeliveryError:  # unreachable while its database is
                return False
            return gained >= self.accepted

        until(
            all_counted,
            what="every accepted vote is in the tally",
            seconds=60,
            why=lambda: f"{gained} of {self.accepted} are",
        )
        assert gained <= self.accepted + unknown, "more votes were counted than cast"
        return gained
