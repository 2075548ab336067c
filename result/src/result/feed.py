"""The live feed: one connection per process listens for changes and reads the one-row table `tally`."""

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Self

import psycopg
from tenacity import RetryCallState, RetryError, Retrying
from tenacity import sleep_using_event as sleep_using
from tenacity import stop_when_event_set as stop_when
from tenacity import wait_exponential_jitter as growing

from result import metrics
from result.live_results import LiveResults
from result.startup import Startup
from result.tally import Snapshot, Tally

log = logging.getLogger(__name__)

HEARTBEAT_S = 1.0  # how long to wait for a notification before reading anyway
PUSH_INTERVAL_S = 0.2  # at most five pushes a second, however fast votes come
STALE_AFTER_S = 5.0
CHECK_S = 0.5
# The timeouts detect a server that vanished without closing the connection.
# No prepared statements: behind a transaction pooler, the next transaction may run on another connection.
CONNECTION = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "application_name": "result",
    "prepare_threshold": None,
}


class NotReadyError(Exception):
    """The database answers, but the worker has not prepared it yet."""


class Feed:
    """Keeps the results up to date, marks them stale when it cannot, and survives database outages."""

    def __init__(self, database_url: str, live: LiveResults, startup: Startup) -> None:
        self._url = database_url
        self._live = live
        self._startup = startup
        self._stop = threading.Event()
        self._changing = threading.Lock()
        self._lost = True
        self._reason = ""
        self._tally: Tally | None = None
        self._read_at = (datetime.now(UTC), time.monotonic())
        self._threads = [
            threading.Thread(target=target, name=f"feed-{target.__name__.strip('_')}", daemon=True)
            for target in (self._run, self._watch)
        ]

    def start(self) -> Self:
        """Start the threads and return at once, whether the database is reachable or not."""
        for thread in self._threads:
            thread.start()
        return self

    def close(self) -> None:
        """Stop the threads and close the connection."""
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * HEARTBEAT_S)

    def _run(self) -> None:
        retrying = Retrying(
            wait=growing(multiplier=0.1, max=2, jitter=0.3),
            sleep=sleep_using(self._stop),
            stop=stop_when(self._stop),
            before_sleep=self._failed,
        )
        while not self._stop.is_set():
            try:
                with retrying(self._open) as connection:
                    self._follow(connection)
            except RetryError:  # told to stop
                return
            except Exception as error:  # whatever the error is, a retry is best for the viewers
                log.warning("lost the database connection, reconnecting: %s", _line(error))

    def _open(self) -> psycopg.Connection:
        connection = psycopg.connect(self._url, autocommit=True, **CONNECTION)  # type: ignore[arg-type]
        try:
            connection.execute("LISTEN tally")  # before the first read, so that no change is missed
            self._read(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _follow(self, connection: psycopg.Connection) -> None:
        # The first change after a pause is read at once; the interval then batches those that follow.
        while not self._stop.wait(PUSH_INTERVAL_S):
            for _ in connection.notifies(timeout=HEARTBEAT_S, stop_after=1):
                pass
            self._read(connection)

    def _read(self, connection: psycopg.Connection) -> None:
        began = time.perf_counter()
        try:
            row = connection.execute("SELECT a, b, updated_at FROM tally").fetchone()
        except psycopg.errors.UndefinedTable as error:
            raise NotReadyError("the worker has not created the table tally yet") from error
        if row is None:
            raise NotReadyError("the table tally has no row yet")
        metrics.READS.inc()
        metrics.READ_SECONDS.inc(time.perf_counter() - began)
        if self._tally is None:
            self._startup.connected()
        with self._changing:
            self._tally = Tally(*row)
            self._read_at = (datetime.now(UTC), time.monotonic())
            self._lost = False
        if self._reason:
            log.info("the figures are up to date again")
            self._reason = ""
        self._publish()

    def _failed(self, state: RetryCallState) -> None:
        reason = _line(state.outcome.exception() if state.outcome else None)
        if reason != self._reason:  # logged once, not at every attempt
            log.warning("cannot read the figures, retrying: %s", reason)
            self._reason = reason
        with self._changing:
            self._lost = True
        self._publish()

    def _watch(self) -> None:
        # Runs in its own thread, because a read from a frozen database does not return.
        while not self._stop.wait(CHECK_S):
            self._publish()

    def _publish(self) -> None:
        with self._changing:
            at, since = self._read_at
            stale = self._lost or time.monotonic() - since > STALE_AFTER_S
            changed = self._live.publish(Snapshot(self._tally, at if stale else None))
        if changed:
            metrics.PUSHES.inc()
            metrics.STALE.set(stale)


def _line(error: BaseException | None) -> str:
    return " ".join(str(error).split()) or type(error).__name__
