"""Baseline: a worker that takes one vote at a time and commits each separately."""

import json
import os

import psycopg
from redis import Redis

from bench.baseline_vote import LIST

TABLE = "CREATE TABLE IF NOT EXISTS baseline (voter text PRIMARY KEY, vote text NOT NULL)"
UPSERT = """
INSERT INTO baseline (voter, vote) VALUES (%(voter)s, %(vote)s)
ON CONFLICT (voter) DO UPDATE SET vote = excluded.vote
"""


def main() -> None:
    redis = Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None)
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(TABLE)
        connection.commit()
        while True:
            _, message = redis.blpop([LIST])
            connection.execute(UPSERT, json.loads(message))
            connection.commit()


if __name__ == "__main__":
    main()
