"""The figures: what the database said, and how they are shown."""

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
    """What is known now: the last figures read, if any, and since when they may be out of date, if so."""

    tally: Tally | None
    stale_since: datetime | None

    @property
    def fresh(self) -> bool:
        """Whether there are figures and they are up to date."""
        return self.tally is not None and self.stale_since is None


class Option(TypedDict):
    """One option with its share."""

    id: str
    name: str
    votes: int
    percent: float


class Results(TypedDict):
    """What GET /api/results and every event carry."""

    options: list[Option]
    total: int
    updated_at: str | None
    stale_since: str | None


def percentages(a: int, b: int) -> tuple[float, float]:
    """The two shares with one decimal, which always add up to 100; both 0 without votes."""
    total = a + b
    if total == 0:
        return 0.0, 0.0
    thousandths = (2000 * a + total) // (2 * total)  # rounded half up, without floats
    return thousandths / 10, (1000 - thousandths) / 10


def results(snapshot: Snapshot, names: tuple[str, str]) -> Results:
    """The figures as scripts and the page get them."""
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
