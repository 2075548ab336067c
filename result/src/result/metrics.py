"""The Prometheus metrics of viewers and of the tally."""

from prometheus_client import Counter, Gauge

from result.http_metrics import REGISTRY

VIEWERS = Gauge("result_viewers", "Open event streams.", multiprocess_mode="livesum", registry=REGISTRY)
PUSHES = Counter("result_pushes_total", "Updates pushed to all viewers.", registry=REGISTRY)
READS = Counter("result_tally_reads_total", "Successful reads of the tally.", registry=REGISTRY)
READ_SECONDS = Counter(
    "result_tally_read_seconds_total", "Time spent in successful reads of the tally.", registry=REGISTRY
)
STALE = Gauge(
    "result_stale", "1 while the figures are out of date.", multiprocess_mode="livemax", registry=REGISTRY
)
