"""The figures of a demo, and the check of its promises."""

from collections.abc import Iterable
from dataclasses import dataclass

from delivery.domain.errors import GateError
from demo.local_pages import Vote


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The effect of a bad release on voters, from the switch to the abort and in the whole demo."""

    abort_s: float  # from the switch to the abort
    votes: int  # in this time
    failed: int  # of these votes
    failed_elsewhere: int  # in the whole demo, where no vote may fail
    accepted: int  # in the whole demo
    counted: int  # votes that the tally has gained

    @property
    def share(self) -> float:
        """The percentage of votes that failed between the switch and the abort."""
        return 100 * self.failed / self.votes if self.votes else 0.0

    @property
    def lost(self) -> int:
        """Accepted votes that are not in the tally."""
        return max(0, self.accepted - self.counted)

    def require_kept(self) -> None:
        """Raise GateError if a vote failed on another release, or an accepted vote was lost."""
        if self.failed_elsewhere:
            raise GateError(f"{self.failed_elsewhere} votes failed where none may")
        if self.lost:
            raise GateError(f"{self.lost} accepted votes are not in the tally")


def measure(
    votes: Iterable[Vote], *, bad: str | None, switched: float, aborted: float, counted: int
) -> Figures:
    """The figures of a demo whose errors were turned ON at `switched`.

    Votes may fail only on the release `bad`. None means that no vote may fail, as in blue-green, where voters
    never reach the bad release.
    """
    votes = tuple(votes)
    during = [vote for vote in votes if switched <= vote.at < aborted]
    return Figures(
        abort_s=aborted - switched,
        votes=len(during),
        failed=sum(not vote.ok for vote in during),
        failed_elsewhere=sum(not vote.ok and vote.release != bad for vote in votes),
        accepted=sum(vote.ok for vote in votes),
        counted=counted,
    )
