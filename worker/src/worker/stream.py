"""The Redis stream of votes, read as one consumer of the workers' consumer group."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from worker.entries import DeadLetter, Entry

VOTES, GROUP = "votes", "tally"
DEAD = "{votes}:dead"  # the hash tag keeps it in the stream's slot when Redis is in cluster mode
DEAD_KEPT = 100_000
BLOCK_MS = 500
# Longer than a blocking read, shorter than the time that a stop may take.
TIMEOUT_S = 1.5
CONSUMER_GONE_MS = 3_600_000
BEGINNING = b"0-0"

# Deleting a consumer would also drop its pending entries, so one script checks and deletes.
FORGET = """
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


class Backlog(NamedTuple):
    """How many entries are unread (None if unknown, as on Redis 6.2), and how many are read but pending."""

    lag: int | None
    pending: int


class Stream:
    """Reads and acknowledges entries; every failure raises redis.RedisError and loses nothing."""

    def __init__(self, url: str, *, consumer: str, batch_size: int, claim_idle_s: float) -> None:
        self.consumer = consumer
        self._batch_size = batch_size
        self._claim_idle_ms = int(claim_idle_s * 1000)
        self._claim_from = BEGINNING
        self._redis = redis.Redis.from_url(
            url,
            protocol=2,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),  # loop.py retries: it logs the reason and reacts to the stop
        )
        # entries.py parses plain lists, which takes half the time.
        for command in ("XREADGROUP", "XAUTOCLAIM"):
            self._redis.set_response_callback(command, _unparsed)

    def open(self) -> None:
        """Create the stream and its consumer group if they are missing; the group starts at the first entry.

        The check comes first because a Redis that is out of memory refuses XGROUP CREATE even for an
        existing group.
        """
        if self._redis.exists(VOTES) and any(
            group["name"] == GROUP.encode() for group in self._redis.xinfo_groups(VOTES)
        ):
            return
        try:
            self._redis.xgroup_create(VOTES, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def new(self, *, wait: bool) -> Sequence[Entry]:
        """Entries that no worker has read yet; `wait` blocks for up to BLOCK_MS if there are none."""
        return self._read(">", BLOCK_MS if wait else None)

    def unacknowledged(self) -> Sequence[Entry]:
        """Entries that this worker has read and not acknowledged, as after a failure."""
        return self._read("0", None)

    def abandoned(self) -> tuple[Sequence[Entry], bool]:
        """Claim entries that have been pending for too long; returns them, and whether there may be more."""
        answer: Any = self._redis.xautoclaim(
            VOTES,
            GROUP,
            self.consumer,
            self._claim_idle_ms,
            start_id=self._claim_from,
            count=self._batch_size,
        )
        self._claim_from, entries = answer[0], answer[1]
        if None in entries:  # Redis 6.2 omits the id of a deleted entry here, but has it in a second read
            entries = self.unacknowledged()
        return entries, self._claim_from != BEGINNING

    def settle(self, ids: Sequence[bytes], dead: Sequence[DeadLetter]) -> None:
        """Acknowledge these entries and move the dead ones to the dead-letter stream, all or nothing."""
        with self._redis.pipeline(transaction=bool(dead)) as pipe:
            add: Any = pipe.execute_command  # xadd() takes a mapping, which cannot have duplicate names
            for entry_id, fields, reason in dead:
                # Our fields go last, so they win over fields of the same name.
                ours = ("reason", reason, "id", entry_id)
                add("XADD", DEAD, "MAXLEN", "~", DEAD_KEPT, "*", *fields, *ours)
            pipe.xack(VOTES, GROUP, *ids)
            pipe.execute()

    def trim(self) -> Backlog:
        """Remove entries up to the first one that is not acknowledged, and return the backlog."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.xinfo_groups(VOTES)
            pipe.xpending(VOTES, GROUP)
            groups, pending = pipe.execute()
        group = next(group for group in groups if group["name"] == GROUP.encode())
        # Both answers are of one moment. Entries are delivered in the order of their ids, so at that moment
        # every entry up to the last delivered one was pending or acknowledged, and an acknowledged entry is
        # never delivered again. Whatever other workers do before XTRIM runs can only raise the floor.
        # An exact MINID costs no more than "~": Redis drops whole nodes and inspects only one.
        floor = pending["min"] or group["last-delivered-id"]
        self._redis.xtrim(VOTES, minid=floor, approximate=False)
        return Backlog(lag=group.get("lag"), pending=pending["pending"])

    def remove_idle_consumers(self) -> None:
        """Remove the consumers that have been idle for an hour and have no pending entries."""
        for consumer in self._redis.xinfo_consumers(VOTES, GROUP):
            if consumer["idle"] > CONSUMER_GONE_MS and not consumer["pending"]:
                self._forget(consumer["name"])

    def leave(self) -> None:
        """Remove this worker's consumer, unless it has pending entries, which another worker will claim."""
        self._forget(self.consumer)

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _read(self, start: str, block_ms: int | None) -> Sequence[Entry]:
        answer: Any = self._redis.xreadgroup(
            GROUP, self.consumer, {VOTES: start}, count=self._batch_size, block=block_ms
        )
        return answer[0][1] if answer else []

    def _forget(self, consumer: str | bytes) -> None:
        self._redis.eval(FORGET, 1, VOTES, GROUP, consumer)


def _unparsed(answer: object, **_: object) -> object:
    return answer
