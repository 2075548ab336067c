"""The figures: as read from the database, and as shown to viewers."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict


@dataclass(frozen=True)
class Tally:
    """The one row of the table `tally`."""

    a: int
    b: int
    updated_at: datetime | None


@dataclass(frozen=True)
class Snapshot:
    """The last figures read, if any, and since when they are stale, if they are."""

    tally: Tally | None
    stale_since: datetime | None

    @property
    def fresh(self) -> bool:
        """Whether there are figures, and they are up to date."""
        return self.tally is not None and self.stale_since is None


class Option(TypedDict):
    """One option with its votes and its share."""

    id: str
    name: str
    votes: int
    percent: float


class Results(TypedDict):
    """The JSON of GET /api/results and of every event."""

    options: list[Option]
    total: int
    updated_at: str | None
    stale_since: str | None


def percentages(a: int, b: int) -> tuple[float, float]:
    """The two shares with one decimal; they add up to 100, or are both 0 without votes."""
    total = a + b
    if total == 0:
        return 0.0, 0.0
    thousandths = (2000 * a + total) // (2 * total)  # rounded half up, without floats
    return thousandths / 10, (1000 - thousandths) / 10


def results(snapshot: Snapshot, names: tuple[str, str]) -> Results:
    """The figures as the API and the page show them."""
    tally = snapshot.tally or Tally(0, 0, None)
    votes = (tally.a, tally.b)
    shares = percentages(*votes)
    return {
        "options": [
            {"id": "ab"[i], "name": names[i], "votes": votes[i], "percent": shares[i]} for i in range(2)
        ],
        "total": sum(votes),
        "updated_at": _iso(tally.updated_at),
        "stale_since": _iso(snapshot.stale_since),
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds")
