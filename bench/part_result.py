"""Database time for one update of the results, with a million votes."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

import psycopg

from bench.machine import Machine
from bench.sizes import Sizes
from bench.table import Goal, Group
from worker.store import SCHEMA

QUERIES = {
    "grouping the table": "SELECT vote, count(*) FROM votes GROUP BY vote",
    "reading the tally": "SELECT a, b, updated_at FROM tally",
}
FILL = """
INSERT INTO votes (voter, vote, release, cast_at, stream_ms, stream_seq)
SELECT gen_random_uuid(), CASE WHEN random() < 0.5 THEN 'a' ELSE 'b' END, 'local', now(), number, 0
FROM generate_series(1, %s) AS number
"""
TIMES = 7


def measure(sizes: Sizes) -> list[Group]:
    server = Group(f"database time per update in ms, {sizes.rows:,} votes", "{:,.3f}")
    client = Group("the same including the round trip, as result waits for it, in ms", "{:,.3f}")
    with Machine() as machine, psycopg.connect(machine.postgres(), autocommit=True) as connection:
        connection.execute(SCHEMA)
        connection.execute(FILL, [sizes.rows])
        connection.execute("VACUUM (ANALYZE) votes, tally")
        for _ in range(sizes.rounds):
            for name, query in QUERIES.items():
                server.add(name, median_of(lambda query=query: explained(connection, query)))
                client.add(name, median_of(lambda query=query: waited(connection, query)))
    server.compare("grouping the table", "reading the tally", Goal(1000, "x"))
    client.compare("grouping the table", "reading the tally")
    return [server, client]


def median_of(sample: Callable[[], float]) -> float:
    """The median of several samples: the first ones run with cold caches."""
    return median(sample() for _ in range(TIMES))


def explained(connection: psycopg.Connection, query: str) -> float:
    """Planning and execution time, as PostgreSQL measures it."""
    row = connection.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}").fetchone()
    return row[0][0]["Planning Time"] + row[0][0]["Execution Time"]


def waited(connection: psycopg.Connection, query: str) -> float:
    """Time from sending the query to receiving its rows."""
    began = perf_counter()
    connection.execute(query, prepare=True).fetchall()
    return 1000 * (perf_counter() - began)
