"""The error rate of a release: the share of its votes that were answered with a 5xx status."""

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
class ErrorRate:
    """The error rate in percent, None without requests, and the number of requests."""

    percent: float | None
    requests: int


def measure(prometheus: Queries, question: Question) -> ErrorRate:
    """Measure with one query, so that errors and requests are of the same moment."""
    errors = total = 0.0
    for sample in prometheus.query(requests_by_status(question)):
        if not (status := sample.labels.get("status", "")):
            raise PrometheusError("Prometheus has votes without a status label: they cannot be judged")
        total += sample.value
        if status.startswith("5"):
            errors += sample.value
    if not (requests := round(total)):
        return ErrorRate(None, 0)
    # Shell scripts parse this, so it is rounded: a tiny rate would be written as 1e-05.
    return ErrorRate(round(100 * errors / total, 4), requests)
