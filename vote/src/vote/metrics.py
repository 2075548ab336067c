"""The Prometheus metrics of votes and of the error switch, labelled with the release."""

from collections.abc import Callable, Iterator
from functools import cache

from prometheus_client import Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from vote.http_metrics import REGISTRY

ACCEPTED = Counter(
    "vote_votes_accepted_total", "Votes written to Redis.", ["vote", "release"], registry=REGISTRY
)
SYNTHETIC = Counter(
    "vote_votes_synthetic_total",
    "Synthetic votes among the accepted votes.",
    ["vote", "release"],
    registry=REGISTRY,
)


def accept(vote: str, release: str, *, synthetic: bool) -> None:
    """Count one vote that was written to Redis."""
    _accepted(ACCEPTED, vote, release).inc()
    if synthetic:
        _accepted(SYNTHETIC, vote, release).inc()


@cache
def _accepted(counter: Counter, vote: str, release: str) -> Counter:
    return counter.labels(vote, release)


class ErrorSwitch(Collector):
    """The state of the error switch, read from Redis at each scrape."""

    def __init__(self, release: str, is_on: Callable[[], bool]) -> None:
        self._release = release
        self._is_on = is_on

    def collect(self) -> Iterator[Metric]:
        """Read the switch from Redis."""
        family = GaugeMetricFamily("vote_error_sim_enabled", "1 while errors are ON.", labels=["release"])
        family.add_metric([self._release], self._is_on())
        yield family
