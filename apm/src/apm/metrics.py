"""What Prometheus sees of the questions that apm puts to it."""

from prometheus_client import Counter, Histogram

from apm.http_metrics import REGISTRY

PROMETHEUS_SECONDS = Histogram("apm_prometheus_seconds", "Time Prometheus took to answer.", registry=REGISTRY)
PROMETHEUS_FAILURES = Counter(
    "apm_prometheus_failures_total", "Questions that Prometheus did not answer.", registry=REGISTRY
)
