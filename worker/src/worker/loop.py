"""The worker's loop: read, apply, acknowledge; after any failure it waits and retries, and loses nothing."""

import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from worker.backoff import describe, until_done
from worker.entries import Batch, newest_per_voter, sort_out
from worker.health import Health
from worker.metrics import Metrics
from worker.store import Store
from worker.stream import Stream

log = logging.getLogger(__name__)

UPKEEP_S = 1.0


class Every:
    """Says when a periodic task is due; the first time is at once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def due(self) -> bool:
        """True at most once per interval."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True


class Loop:
    """Moves votes until told to stop. An entry is acknowledged only after PostgreSQL has committed it.

    All state is in Redis and PostgreSQL, so a round may end anywhere, by an error or by kill -9: its entries
    stay pending, and this or another worker applies them again. Applying an entry twice changes nothing.
    """

    def __init__(
        self,
        *,
        stream: Stream,
        store: Store,
        metrics: Metrics,
        health: Health,
        stop: Event,
        batch_size: int,
        claim_every_s: float,
    ) -> None:
        self._stream = stream
        self._store = store
        self._metrics = metrics
        self._health = health
        self._stop = stop
        self._batch_size = batch_size
        self._upkeep = Every(UPKEEP_S)
        self._claim = Every(claim_every_s)
        self._open = False
        self._recovering = False
        self._claiming = False
        self._ahead: Batch | None = None
        self._background = ThreadPoolExecutor(1, thread_name_prefix="apply")

    def run(self) -> None:
        """Run rounds until the stop; a failed round is retried after a growing, bounded pause."""
        retrying = until_done(self._stop)
        while not self._done():
            retrying(self.round)
        self.close()

    def round(self) -> None:
        """Process one batch, if there is one; every failure raises, and the next round reconnects."""
        if self._done():  # the stop ended a pause: another attempt would only delay it
            return
        self._health.heartbeat()
        try:
            if not self._open:
                self._connect()
            if self._upkeep.due():
                self._store.ping()
                self._metrics.backlog(self._stream.trim())
            source, batch = self._next_batch()
            if batch.ids:
                self._process(source, batch)
        except Exception:
            self._open = False
            self._ahead = None
            self._health.failed()
            self._metrics.failed()
            raise
        self._health.succeeded()
        self._metrics.succeeded()

    def close(self) -> None:
        """Leave the consumer group if nothing is pending here, and close the connections."""
        self._background.shutdown()
        try:
            if self._open:
                self._stream.leave()
        except Exception as error:
            log.warning("could not leave the consumer group", extra={"reason": describe(error)})
        self._stream.close()
        self._store.close()

    def _done(self) -> bool:
        return self._stop.is_set() and self._ahead is None

    def _connect(self) -> None:
        self._stream.open()  # first, because this is cheap while PostgreSQL is unreachable
        self._store.open()
        self._open = self._recovering = True
        log.info("connected", extra={"consumer": self._stream.consumer})

    def _next_batch(self) -> tuple[str, Batch]:
        if self._ahead is not None:
            batch, self._ahead = self._ahead, None
            return "new", batch
        if self._recovering:
            entries = self._stream.unacknowledged()
            self._recovering = bool(entries)
            if entries:
                return "unacknowledged", sort_out(entries)
        if self._claiming or self._claim.due():
            entries, self._claiming = self._stream.abandoned()
            if not self._claiming:
                self._stream.remove_idle_consumers()
            if entries or self._claiming:
                return "abandoned", sort_out(entries)
        return "new", sort_out(self._stream.new(wait=True))

    def _process(self, source: str, batch: Batch) -> None:
        began = time.perf_counter()
        applying = self._background.submit(self._store.apply, newest_per_voter(batch.votes))
        try:
            self._read_ahead(batch)
        finally:
            applying.result()
        self._stream.settle(batch.ids, batch.dead)
        self._metrics.batch_done(source, batch, time.perf_counter() - began)
        if batch.dead:
            reasons = Counter(letter.reason for letter in batch.dead)
            log.error("entries moved to {votes}:dead", extra={"reasons": reasons})

    def _read_ahead(self, batch: Batch) -> None:
        # A full batch means that more entries are waiting: reading them while PostgreSQL is busy makes the
        # worker a fifth faster. They stay pending until the next round processes them.
        if len(batch.ids) == self._batch_size and not self._stop.is_set():
            ahead = sort_out(self._stream.new(wait=False))
            self._ahead = ahead if ahead.ids else None
