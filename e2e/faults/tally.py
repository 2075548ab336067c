"""Reads the counted votes directly from PostgreSQL."""

import psycopg


def counted(url: str) -> dict[str, str]:
    """The counted vote of every voter."""
    with psycopg.connect(url) as database:
        return dict(database.execute("SELECT replace(voter::text, '-', ''), vote FROM votes").fetchall())


def tally(url: str) -> dict[str, int]:
    """The counters that result shows."""
    with psycopg.connect(url) as database:
        row = database.execute("SELECT a, b FROM tally").fetchone()
    return dict(zip("ab", row or (0, 0), strict=True))
