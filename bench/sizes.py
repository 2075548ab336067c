"""The sizes of a run."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """A full run: about five minutes on two cores."""

    rounds: int = 3
    vote_rounds: int = 11  # many short rounds, because the contenders are close to each other
    vote_seconds: float = 1.2
    burst: int = 300
    worker_votes: int = 100_000
    baseline_worker_votes: int = 3_000
    rows: int = 1_000_000
    viewers: int = 500
    crowd: int = 1_000
    lone_votes: int = 20
    steady_votes: int = 80
    commits: int = 50_000


QUICK = Sizes(
    rounds=1,
    vote_rounds=1,
    vote_seconds=0.5,
    burst=100,
    worker_votes=10_000,
    baseline_worker_votes=500,
    rows=20_000,
    viewers=50,
    crowd=100,
    lone_votes=3,
    steady_votes=20,
    commits=1_000,
)
