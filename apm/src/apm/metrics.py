"""The Prometheus metrics of apm's own queries to Prometheus."""

from prometheus_client import Counter, Histogram

from apm.http_metrics import REGISTRY

PROMETHEUS_SECONDS = Histogram(
    "apm_prometheus_seconds", "Time that Prometheus took to answer a query.", registry=REGISTRY
)
PROMETHEUS_FAILURES = Counter("apm_prometheus_failures_total", "Queries that failed.", registry=REGISTRY)
