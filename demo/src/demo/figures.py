"""The figures of a demo, and the check of its promises."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from delivery.domain.errors import GateError
from demo.local_pages import Vote


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The effect of a bad release on voters, from the switch to the abort and in the whole demo.

    Each vote is in one place: accepted, failed on a release, or answered by none.
    """

    abort_s: float  # from the switch to the abort
    votes: int  # that a release answered in this time
    failed: int  # of these votes
    failed_elsewhere: int  # in the whole demo, on a release where no vote may fail
    unanswered: Counter[str]  # in the whole demo, the votes that no release answered, by what happened
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

    @property
    def unanswered_row(self) -> str:
        """How many votes no release answered, and what happened to them."""
        each = ", ".join(f"{why}: {votes}" for why, votes in self.unanswered.most_common())
        return f"{self.unanswered.total()}" + (f" ({each})" if each else "")

    def require_kept(self) -> None:
        """Raise GateError if any voter but those of the bad release was not served, or a vote was lost.

        A vote that no release answered breaks the promise as well: its voter saw an error, although the
        error may be the front door's. It may be in the tally all the same, where it would hide a lost vote.
        """
        if self.failed_elsewhere:
            raise GateError(f"{self.failed_elsewhere} votes failed where none may")
        if self.unanswered:
            raise GateError(
                f"votes that no release answered: {self.unanswered_row}; make stage-check checks the pages"
            )
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
    during = [vote for vote in votes if vote.release and switched <= vote.at < aborted]
    return Figures(
        abort_s=aborted - switched,
        votes=len(during),
        failed=sum(not vote.ok for vote in during),
        failed_elsewhere=sum(not vote.ok and vote.release not in ("", bad) for vote in votes),
        unanswered=Counter(vote.why for vote in votes if not vote.release),
        accepted=sum(vote.ok for vote in votes),
        counted=counted,
    )
