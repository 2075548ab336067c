"""psycopg alone: the worker's statement in batches of 1000, on prepared lists of rows, without Redis.

`python -m bench.bare_upsert ROWS` prints the rows written per second.
"""

import json
import os
import secrets
import sys
import time

import psycopg

from worker.store import UPSERT

BATCH = 1000


def batch(first: int) -> list[list]:
    """The columns of one batch, as UPSERT takes them: ids, voters in order, votes, times, releases."""
    voters = sorted(secrets.token_hex(16) for _ in range(BATCH))
    numbers = list(range(first, first + BATCH))
    return [numbers, [0] * BATCH, voters, ["a", "b"] * (BATCH // 2), numbers, ["local"] * BATCH]


def main(rows: int) -> None:
    ready = [batch(first) for first in range(0, rows, BATCH)]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("SELECT 1")
        began = time.perf_counter()
        for columns in ready:
            connection.execute(UPSERT, columns, prepare=True)
        print(json.dumps(rows / (time.perf_counter() - began)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
