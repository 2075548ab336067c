"""Voters on one address of an environment, and what of their votes the tally has."""

from delivery.adapters.polling import until
from delivery.domain.errors import DeliveryError
from demo.environment import Environment
from demo.local_pages import PATIENCE_S, Page, Vote
from demo.voters import Voters

RATE = 5  # a second: enough to see, and two lanes share a laptop
LIMIT_S = 800  # thirteen minutes
ENOUGH = 50  # accepted; fewer show nothing
IN_A_ROW = 20  # accepted one after the other: votes work
REFUSED = 500  # the switch's answer: Redis never saw the vote


class Load(Voters):
    """Some votes a second, each another voter's and over its own connection, within a `with` block."""

    def __init__(
        self, env: Environment, page: str = "vote", *, rate: int = RATE, patience_s: float = PATIENCE_S
    ) -> None:
        urls = env.urls()
        threads, limit = max(4, rate // 2), rate * LIMIT_S
        super().__init__(urls[page], rate=rate, threads=threads, limit=limit, patience_s=patience_s)
        self._result = Page(urls["result"])
        self._before = self._result.total()

    def failures(self, *, but: str = "") -> list[Vote]:
        """The votes that failed, whoever answered them or nobody; those of one release left out."""
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
        """Return once votes work, wherever they go."""
        seen = len(self.votes)

        def work() -> bool:
            newest = self.votes[seen:][-IN_A_ROW:]
            return len(newest) == IN_A_ROW and all(vote.ok for vote in newest)

        until(work, what="votes work again", seconds=90)

    def counted(self) -> int:
        """Stop; how many votes the tally has gained, once it has every accepted one and no refused one."""
        self.stop()
        assert self.accepted >= ENOUGH
        unknown = sum(not vote.ok and vote.status != REFUSED for vote in self.votes)
        gained = 0

        def all_counted() -> bool:
            nonlocal gained
            try:
                gained = self._result.total() - self._before
            except DeliveryError:  # away, while its database is
                return False
            return gained >= self.accepted

        until(
            all_counted,
            what="every accepted vote is in the tally",
            seconds=60,
            why=lambda: f"{gained} of {self.accepted} are",
        )
        assert gained <= self.accepted + unknown, "more was counted than was voted"
        return gained
