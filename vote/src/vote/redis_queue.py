"""The queue of votes for the worker: a Redis stream."""

import hashlib
import time
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from redis.exceptions import NoScriptError

from vote.connections import Connections

STREAM = "votes"

# One round trip per vote: one script reads the switch and writes the vote.
_CAST = """
if redis.call('EXISTS', KEYS[2]) == 1 then return false end
return redis.call('XADD', KEYS[1], '*', unpack(ARGV))
"""
_CAST_SHA = hashlib.sha1(_CAST.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Vote:
    """One voter's choice, as it is written to the stream."""

    voter: str
    vote: Literal["a", "b"]
    synthetic: bool = False


class Queue(Protocol):
    """The interface that the views need; the fake in the tests implements it, too."""

    def cast(self, vote: Vote) -> bool:
        """Queue the vote; False means that the error switch is ON and the vote was not taken."""

    def ping(self) -> None:
        """Return if Redis answers, or raise StoreError."""


class RedisQueue:
    """Queues the votes of one release; every failure raises StoreError, and the vote is not taken."""

    def __init__(self, connections: Connections, *, release: str, switch_key: str) -> None:
        self._connections = connections
        self._release = release
        self._keys = (2, STREAM, switch_key)

    def cast(self, vote: Vote) -> bool:
        """Add the vote to the stream; False means that the error switch is ON and nothing was added."""
        fields = ["voter", vote.voter, "vote", vote.vote]
        fields += ["cast_at", str(time.time_ns() // 1_000_000), "release", self._release]
        if vote.synthetic:
            fields += ["synthetic", "1"]
        # A retry may add the entry twice; the worker still counts one vote per voter.
        return self._run(fields) is not None

    def ping(self) -> None:
        """Return if Redis answers, or raise StoreError."""
        self._connections.ask("PING")

    def _run(self, fields: list[str]) -> Any:
        try:
            return self._connections.ask("EVALSHA", _CAST_SHA, *self._keys, *fields)
        except NoScriptError:  # Redis does not know the script yet, as after a restart
            return self._connections.ask("EVAL", _CAST, *self._keys, *fields)
