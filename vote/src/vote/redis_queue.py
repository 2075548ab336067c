"""Votes on their way to the worker: a stream in Redis."""

import hashlib
import time
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from redis.exceptions import NoScriptError

from vote.connections import Connections

STREAM = "votes"

# One round trip a vote: the switch is read and the vote is written by one call.
_CAST = """
if redis.call('EXISTS', KEYS[2]) == 1 then return false end
return redis.call('XADD', KEYS[1], '*', unpack(ARGV))
"""
_CAST_SHA = hashlib.sha1(_CAST.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Vote:
    """One voter's choice, as it goes on the stream."""

    voter: str
    vote: Literal["a", "b"]
    synthetic: bool = False


class Queue(Protocol):
    """What the views need; the tests' fake keeps the same promises."""

    def cast(self, vote: Vote) -> bool:
        """Hand the vote over, or say False because the error switch is ON."""

    def ping(self) -> None:
        """Return if Redis answers."""


class RedisQueue:
    """The votes of one release; whatever fails raises a StoreError, and the vote is not taken."""

    def __init__(self, connections: Connections, *, release: str, switch_key: str) -> None:
        self._connections = connections
        self._release = release
        self._keys = (2, STREAM, switch_key)

    def cast(self, vote: Vote) -> bool:
        """Put the vote on the stream, or say False because the error switch is ON."""
        fields = ["voter", vote.voter, "vote", vote.vote]
        fields += ["cast_at", str(time.time_ns() // 1_000_000), "release", self._release]
        if vote.synthetic:
            fields += ["synthetic", "1"]
        # Sent again after a broken connection, a vote is still one vote of one voter.
        return self._run(fields) is not None

    def ping(self) -> None:
        """Return if Redis answers."""
        self._connections.ask("PING")

    def _run(self, fields: list[str]) -> Any:
        try:
            return self._connections.ask("EVALSHA", _CAST_SHA, *self._keys, *fields)
        except NoScriptError:  # Redis is new or was restarted
            return self._connections.ask("EVAL", _CAST, *self._keys, *fields)
