"""The Redis stream of votes, read as one consumer of the group that all workers share."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from worker.entries import DeadLetter, Entry

VOTES, GROUP = "votes", "tally"
DEAD = "{votes}:dead"  # with a hash tag: a Redis in cluster mode keeps it in the slot of the stream
DEAD_KEPT = 100_000
BLOCK_MS = 500
# Longer than a blocking read, shorter than the patience of who stops the worker.
TIMEOUT_S = 1.5
CONSUMER_GONE_MS = 3_600_000
BEGINNING = b"0-0"

# Deleting a consumer would also forget what it has not acknowledged, so check and delete are one step.
FORGET = """
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


class Backlog(NamedTuple):
    """Entries nobody has read (None: unknown, as on Redis 6.2), and entries read but not acknowledged."""

    lag: int | None
    pending: int


class Stream:
    """Reads and acknowledges entries; whatever fails raises redis.RedisError, and nothing is lost by it."""

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
            retry=Retry(NoBackoff(), 0),  # loop.py retries, where it can log the reason and hear the stop
        )
        for command in ("XREADGROUP", "XAUTOCLAIM"):  # entries.py reads plain lists, which are half the work
            self._redis.set_response_callback(command, _as_it_is)

    def open(self) -> None:
        """See to it that the stream and its group are there, from the first entry on.

        It is asked first: a Redis whose memory is full refuses XGROUP CREATE even for a group that is there.
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
        """Entries that no worker has had yet; may wait a moment for the first one."""
        return self._read(">", BLOCK_MS if wait else None)

    def unacknowledged(self) -> Sequence[Entry]:
        """Entries that this worker has had before, as after a failure half way."""
        return self._read("0", None)

    def abandoned(self) -> tuple[Sequence[Entry], bool]:
        """Entries that any worker has held for too long, now this one's, and whether there may be more."""
        answer: Any = self._redis.xautoclaim(
            VOTES,
            GROUP,
            self.consumer,
            self._claim_idle_ms,
            start_id=self._claim_from,
            count=self._batch_size,
        )
        self._claim_from, entries = answer[0], answer[1]
        if None in entries:  # Redis 6.2 does not name a deleted entry here, but does when it is read again
            entries = self.unacknowledged()
        return entries, self._claim_from != BEGINNING

    def settle(self, ids: Sequence[bytes], dead: Sequence[DeadLetter]) -> None:
        """Acknowledge these entries and put the dead ones aside, all or nothing."""
        with self._redis.pipeline(transaction=bool(dead)) as pipe:
            add: Any = pipe.execute_command  # xadd() takes a mapping, which cannot hold a name twice
            for entry_id, fields, reason in dead:
                # Ours come last: who reads the entry as a mapping finds them, whatever names it brought.
                ours = ("reason", reason, "id", entry_id)
                add("XADD", DEAD, "MAXLEN", "~", DEAD_KEPT, "*", *fields, *ours)
            pipe.xack(VOTES, GROUP, *ids)
            pipe.execute()

    def trim(self) -> Backlog:
        """Remove what is acknowledged, up to the first entry that is not, and tell the backlog."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.xinfo_groups(VOTES)
            pipe.xpending(VOTES, GROUP)
            groups, pending = pipe.execute()
        group = next(group for group in groups if group["name"] == GROUP.encode())
        # Both answers show one instant. Entries are handed out in the order of their ids, so at that instant
        # each one up to the last delivered was pending or acknowledged, and an acknowledged one never comes
        # back. What others read, acknowledge or trim before XTRIM arrives can only lift the true floor.
        # An exact MINID costs no more than "~": whole nodes go at once, and only one node is looked into.
        floor = pending["min"] or group["last-delivered-id"]
        self._redis.xtrim(VOTES, minid=floor, approximate=False)
        return Backlog(lag=group.get("lag"), pending=pending["pending"])

    def forget_the_dead(self) -> None:
        """Remove the consumers that have not asked for an hour and hold nothing."""
        for consumer in self._redis.xinfo_consumers(VOTES, GROUP):
            if consumer["idle"] > CONSUMER_GONE_MS and not consumer["pending"]:
                self._forget(consumer["name"])

    def leave(self) -> None:
        """Remove this worker's consumer, unless it still holds entries for another worker to take over."""
        self._forget(self.consumer)

    def close(self) -> None:
        """Let the connections go."""
        self._redis.close()

    def _read(self, start: str, block_ms: int | None) -> Sequence[Entry]:
        answer: Any = self._redis.xreadgroup(
            GROUP, self.consumer, {VOTES: start}, count=self._batch_size, block=block_ms
        )
        return answer[0][1] if answer else []

    def _forget(self, consumer: str | bytes) -> None:
        self._redis.eval(FORGET, 1, VOTES, GROUP, consumer)


def _as_it_is(answer: object, **_: object) -> object:
    return answer
