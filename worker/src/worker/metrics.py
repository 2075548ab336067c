"""The Prometheus metrics of batches, of the backlog and of failures."""

from collections import Counter as Tally

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from worker.entries import Batch
from worker.stream import Backlog

BATCH_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """The worker's metrics; a batch that is applied again after a failure is counted again."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._applied = Counter(
            "worker_votes_applied_total",
            "Votes sent to PostgreSQL, including those that a newer vote has replaced",
            ["release", "vote"],
            registry=registry,
        )
        self._synthetic = Counter(
            "worker_votes_synthetic_total",
            "Synthetic votes, which are never written to PostgreSQL",
            ["release"],
            registry=registry,
        )
        self._dead = Counter(
            "worker_dead_letters_total",
            "Entries moved to the dead-letter stream {votes}:dead",
            ["reason"],
            registry=registry,
        )
        self._batches = Counter(
            "worker_batches_total",
            "Batches acknowledged, by source: new, unacknowledged or abandoned",
            ["source"],
            registry=registry,
        )
        self._seconds = Histogram(
            "worker_batch_seconds",
            "Time from reading a batch to acknowledging it",
            buckets=BATCH_SECONDS,
            registry=registry,
        )
        self._failures = Counter(
            "worker_failures_total", "Rounds that failed and were retried", registry=registry
        )
        self._lag = Gauge("worker_stream_lag", "Entries that no worker has read yet", registry=registry)
        self._pending = Gauge(
            "worker_stream_pending",
            "Entries that a worker has read and not yet acknowledged",
            registry=registry,
        )
        self._success = Gauge(
            "worker_last_success_timestamp_seconds",
            "Time of the last round in which Redis and PostgreSQL both answered",
            registry=registry,
        )

    def batch_done(self, source: str, batch: Batch, seconds: float) -> None:
        """Count an acknowledged batch and its entries."""
        for (release, vote), number in Tally((vote.release, vote.vote) for vote in batch.votes).items():
            self._applied.labels(release, vote).inc(number)
        for release, number in Tally(vote.release for vote in batch.synthetic).items():
            self._synthetic.labels(release).inc(number)
        for letter in batch.dead:
            self._dead.labels(letter.reason).inc()
        self._batches.labels(source).inc()
        self._seconds.observe(seconds)

    def backlog(self, backlog: Backlog) -> None:
        """Set the gauges for how far the group is behind."""
        self._lag.set(float("nan") if backlog.lag is None else backlog.lag)
        self._pending.set(backlog.pending)

    def succeeded(self) -> None:
        """Record that both servers answer."""
        self._success.set_to_current_time()

    def failed(self) -> None:
        """Count a round that will be retried."""
        self._failures.inc()
