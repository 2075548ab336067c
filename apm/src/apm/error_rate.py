"""The error rate of a release: which share of its votes was answered with a 5xx status."""

from dataclasses import dataclass
from typing import Protocol

from apm.client import PrometheusError, Sample
from apm.promql import requests_by_status
from apm.question import Question


class Queries(Protocol):
    """What a measurement needs of Prometheus."""

    def query(self, promql: str) -> list[Sample]:
        """The answer as of now, or a PrometheusError."""


@dataclass(frozen=True)
class ErrorRate:
    """The share in percent, of how many requests; None of none."""

    percent: float | None
    requests: int


def measure(prometheus: Queries, question: Question) -> ErrorRate:
    """Ask once, so that errors and requests are of the same moment."""
    errors = total = 0.0
    for sample in prometheus.query(requests_by_status(question)):
        if not (status := sample.labels.get("status", "")):
            raise PrometheusError("Prometheus has votes without a status: they cannot be judged")
        total += sample.value
        if status.startswith("5"):
            errors += sample.value
    if not (requests := round(total)):
        return ErrorRate(None, 0)
    # Shell scripts read this: rounded, or a tiny rate would be written as 1e-05.
    return ErrorRate(round(100 * errors / total, 4), requests)
