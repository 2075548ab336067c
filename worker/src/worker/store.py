"""The votes in PostgreSQL: one row a voter, and a tally that triggers keep right in the same transaction."""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

from worker.entries import Vote

CONNECT_S = 2
# The server's own limit comes first, because it names the reason; ANSWER_S ends the wait for a server that is
# frozen or cut off and so says nothing.
STATEMENT_S = 4
ANSWER_S = 5.0

SCHEMA = files("worker").joinpath("schema.sql").read_text(encoding="utf-8")

# One statement is one transaction: votes, tally and notification together. Voters come in order so that
# workers with the same voters queue up instead of locking up. Replayed and overtaken votes change nothing.
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
    """A connection on which every wait for the server ends, at the latest after ANSWER_S."""

    def wait(self, gen: PQGen[Answer], interval: float = 0.1, timeout: float | None = None) -> Answer:
        """Wait for the server as psycopg does, but never for ever."""
        return super().wait(gen, interval, ANSWER_S if timeout is None else timeout)


class Store:
    """Applies votes; whatever fails raises psycopg.Error, and open() starts afresh."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None

    def open(self) -> None:
        """Connect anew, and see to it that the tables and triggers are there."""
        self.close()
        self._connection = Connection.connect(
            self._url, autocommit=True, connect_timeout=CONNECT_S, fallback_application_name="worker"
        )
        self._execute(f"SET statement_timeout = '{STATEMENT_S}s'")
        self._execute(SCHEMA)

    def apply(self, votes: Iterable[Vote]) -> None:
        """Keep these votes (one a voter) in one transaction, except where a newer one is there."""
        columns = list(zip(*votes, strict=True))
        if columns:
            self._execute(UPSERT, [_array(column) for column in columns])

    def ping(self) -> None:
        """Return if the server answers."""
        self._execute("SELECT 1")

    def close(self) -> None:
        """Let the connection go, whatever state it is in."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _execute(self, query: str, arguments: Sequence[str] | None = None) -> None:
        if self._connection is None:
            raise psycopg.OperationalError("not connected")
        self._connection.execute(query.encode(), arguments, prepare=arguments is not None)


def _array(values: Iterable[str]) -> str:
    # Written out as PostgreSQL reads it: a third faster than psycopg's dumping of lists, value by value.
    # Safe as entries.py lets no quote and no backslash through; the quotes keep a release called NULL a text.
    return '{"' + '","'.join(values) + '"}'
