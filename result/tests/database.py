"""A real PostgreSQL with the worker's schema, which the tests fill, stop and freeze."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from local.servers import Postgres
from result.live_results import LiveResults
from result.tally import Snapshot

SCHEMA = Path(__file__).parents[2] / "worker/src/worker/schema.sql"
OURS = "FROM pg_stat_activity WHERE application_name = 'result'"
INSERT = """
INSERT INTO votes (voter, vote, release, cast_at, stream_ms, stream_seq)
SELECT gen_random_uuid(), %s, 'local', now(), 1, 1 FROM generate_series(1, %s)
"""


class Database(Postgres):
    """A PostgreSQL server that tests can stop and freeze."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._data = folder

    def execute(self, statement: str, *parameters: object) -> None:
        """Run and commit."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement, parameters or None)

    def rows(self, query: str) -> list[str]:
        """The first column of the result."""
        with psycopg.connect(self.url) as connection:
            return [row[0] for row in connection.execute(query)]

    def connections(self) -> int:
        """The number of connections that feeds hold open."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(f"SELECT count(*) {OURS}").fetchone()
        assert row
        return int(row[0])

    def migrate(self) -> None:
        """Apply the worker's schema, as the worker does when it starts."""
        self.execute(SCHEMA.read_text())

    def vote(self, option: str, count: int = 1) -> None:
        """Add votes of new voters, in one transaction."""
        self.execute(INSERT, option, count)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the server for the duration of the block."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Freeze the server for the duration of the block: connections stay open and nothing answers."""
        main = psutil.Process(int((self._data / "postmaster.pid").read_text().split()[0]))
        processes = [main, *main.children(recursive=True)]
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in reversed(processes):
                process.send_signal(signal.SIGCONT)


def wait_for(live: LiveResults, condition: Callable[[Snapshot], bool], within: float) -> Snapshot:
    """The first snapshot that meets the condition; fails if none does in time."""
    deadline = time.monotonic() + within
    while not condition(now := live.current.snapshot):
        assert time.monotonic() < deadline, f"not within {within} s: {now}"
        live.current.replaced.wait(0.02)
    return now
