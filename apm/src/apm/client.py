"""The Prometheus client: every answer is checked strictly, and anything unexpected is an error."""

import json
import logging
import math
import time
from dataclasses import dataclass
from typing import Any

import httpx

from apm import metrics

# Its lines contain PROMETHEUS_URL, which may have a password.
logging.getLogger("httpx").setLevel(logging.WARNING)
_MOST_BYTES = 1_000_000  # an answer has one row per status


class PrometheusError(Exception):
    """Prometheus gave no valid answer; the message says why in one line."""


@dataclass(frozen=True)
class Sample:
    """One row of an answer."""

    labels: dict[str, str]
    value: float


class Prometheus:
    """The client of one Prometheus server; every call ends within about two timeouts."""

    def __init__(self, url: str, *, timeout_s: float, transport: httpx.BaseTransport | None = None) -> None:
        self._timeout_s = timeout_s
        # Proxy settings of the environment are not meant for a server inside the cluster.
        self._http = httpx.Client(base_url=url, timeout=timeout_s, transport=transport, trust_env=False)

    def query(self, promql: str) -> list[Sample]:
        """Run an instant query at the current time, or raise a PrometheusError."""
        with metrics.PROMETHEUS_SECONDS.time(), metrics.PROMETHEUS_FAILURES.count_exceptions():
            return _read(self._ask(promql))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, promql: str) -> bytes:
        asked = {"query": promql, "timeout": f"{self._timeout_s * 1000:.0f}ms"}
        late = f"Prometheus did not answer within {self._timeout_s:g} s"
        deadline = time.monotonic() + self._timeout_s
        body = b""
        try:
            with self._http.stream("POST", "api/v1/query", data=asked) as answer:
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise PrometheusError("Prometheus sent an answer that is too large")
                    # httpx limits each read only: a server that sends a byte now and then would take forever.
                    if time.monotonic() > deadline:
                        raise PrometheusError(late)
        except httpx.TimeoutException as error:
            raise PrometheusError(late) from error
        except httpx.HTTPError as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise PrometheusError(f"Prometheus is unreachable: {reason}") from error
        if answer.status_code != httpx.codes.OK:
            raise PrometheusError(f"Prometheus answered HTTP {answer.status_code}")
        return body


def _read(body: bytes) -> list[Sample]:
    try:
        answer = json.loads(body)
        if answer["status"] != "success" or answer["data"]["resultType"] != "vector":
            raise PrometheusError("Prometheus did not answer with an instant vector")
        return [_sample(row) for row in answer["data"]["result"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PrometheusError("Prometheus sent an answer that cannot be parsed") from error


def _sample(row: dict[str, Any]) -> Sample:
    _, value = row["value"]
    number = float(value)
    if not 0 <= number < math.inf:  # NaN is neither
        raise PrometheusError("Prometheus answered with a number that is not a count")
    return Sample({name: str(label) for name, label in dict(row["metric"]).items()}, number)
