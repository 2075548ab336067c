"""The votes in PostgreSQL: one row per voter, and a tally that triggers update in the same transaction."""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

from worker.entries import Vote

CONNECT_S = 2
# The server's timeout is shorter, because its error names the reason; ANSWER_S ends the wait for a server
# that is frozen or unreachable.
STATEMENT_S = 4
ANSWER_S = 5.0

SCHEMA = files("worker").joinpath("schema.sql").read_text(encoding="utf-8")

# One statement is one transaction: votes, tally and notification together. Rows are sorted by voter, so
# workers with the same voters wait for each other and never deadlock. Replayed and older votes change
# nothing.
UPSERT = """
INSERT INTO votes AS known (stream_ms, stream_seq, voter, vote, cast_at, release)
SELECT stream_ms, stream_seq, voter, vote, to_timestamp(cast_at / 1000.0), release
FROM unnest(%s::bigint[], %s::bigint[], %s::uuid[], %s::text[], %s::bigint[], %s::text[])
    AS batch (stream_ms, stream_seq, voter, vote, cast_at, release)
ORDER BY voter
ON CONFLICT (voter) DO UPDATE SET
    vote = excluded.vote, release = excluded.release, cast_at = excluded.cast_at,
    stream_ms = excluded.stream_ms, stream_seq = excluded.stream_seq
WHERE (excluded.stream_ms, excluded.stream_seq) > (known.stream_ms, known.stream_seq)
"""

Answer = TypeVar("Answer")


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection on which no wait for the server takes longer than ANSWER_S."""

    def wait(self, gen: PQGen[Answer], interval: float = 0.1, timeout: float | None = None) -> Answer:
        """Wait for the server as psycopg does, but with a timeout."""
        return super().wait(gen, interval, ANSWER_S if timeout is None else timeout)


class Store:
    """Applies votes; every failure raises psycopg.Error, and open() then reconnects."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None

    def open(self) -> None:
        """Reconnect, and create the tables and triggers if they are missing."""
        self.close()
        self._connection = Connection.connect(
            self._url, autocommit=True, connect_timeout=CONNECT_S, fallback_application_name="worker"
        )
        self._execute(f"SET statement_timeout = '{STATEMENT_S}s'")
        self._execute(SCHEMA)

    def apply(self, votes: Iterable[Vote]) -> None:
        """Write these votes, one per voter, in one transaction; a newer vote in the table stays."""
        columns = list(zip(*votes, strict=True))
        if columns:
            self._execute(UPSERT, [_array(column) for column in columns])

    def ping(self) -> None:
        """Return if the server answers, or raise psycopg.Error."""
        self._execute("SELECT 1")

    def close(self) -> None:
        """Close the connection, whatever state it is in."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _execute(self, query: str, arguments: Sequence[str] | None = None) -> None:
        if self._connection is None:
            raise psycopg.OperationalError("not connected")
        self._connection.execute(query.encode(), arguments, prepare=arguments is not None)


def _array(values: Iterable[str]) -> str:
    # An array literal of PostgreSQL: a third faster than letting psycopg convert each value of a list.
    # This is safe because entries.py allows neither quotes nor backslashes. The quotes here keep a release
    # named NULL a string.
    return '{"' + '","'.join(values) + '"}'
