"""The least that Python can do here: no framework, no page, no metrics; only vote's call to Redis."""

import os
import re
import time
from collections.abc import Callable, Iterable

from redis import Redis

CAST = """
if redis.call('EXISTS', KEYS[2]) == 1 then return false end
return redis.call('XADD', KEYS[1], '*', unpack(ARGV))
"""
VOTER = re.compile(r"voter=([0-9a-f]{32})")

# The default limit of 100 connections would refuse a burst of votes.
cast = Redis.from_url(os.environ["REDIS_URL"], max_connections=1000).register_script(CAST)


def app(environ: dict, start_response: Callable) -> Iterable[bytes]:
    vote = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode().removeprefix("vote=")
    if vote:
        voter = VOTER.search(environ["HTTP_COOKIE"])[1]
        now = time.time_ns() // 1_000_000
        fields = ["voter", voter, "vote", vote, "cast_at", now, "release", "local"]
        cast(keys=["bare", "error-sim:{bare}:local"], args=fields)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])
    return [b"ok\n"]
