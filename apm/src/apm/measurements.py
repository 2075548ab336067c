"""What can be measured of a release, by the names that clients give as `metric`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from apm.client import PrometheusError, Sample
from apm.promql import requests_by_status
from apm.question import Question


class Queries(Protocol):
    """The interface to Prometheus that a measurement needs."""

    def query(self, promql: str) -> list[Sample]:
        """Run an instant query at the current time, or raise a PrometheusError."""


@dataclass(frozen=True)
class Measured:
    """The value of a metric, None without requests, and the number of requests."""

    value: float | None
    requests: int


def error_rate(prometheus: Queries, question: Question) -> Measured:
    """The share of votes answered with a 5xx status, in percent; one query, so all counts share a moment."""
    errors = total = 0.0
    for sample in prometheus.query(requests_by_status(question)):
        if not (status := sample.labels.get("status", "")):
            raise PrometheusError("Prometheus has votes without a status label: they cannot be judged")
        total += sample.value
        if status.startswith("5"):
            errors += sample.value
    if not (requests := round(total)):
        return Measured(None, 0)
    # Shell scripts parse this, so it is rounded: a tiny rate would be written as 1e-05.
    return Measured(round(100 * errors / total, 4), requests)


METRICS: dict[str, Callable[[Queries, Question], Measured]] = {"errorRate": error_rate}
