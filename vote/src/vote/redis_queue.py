"""Votes on their way to the worker, and the error switch beside them: both live in Redis."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

STREAM = "votes"

# One round trip a vote: the switch is read and the vote is written by one call.
_CAST = """
if redis.call('EXISTS', KEYS[2]) == 1 then return false end
return redis.call('XADD', KEYS[1], '*', unpack(ARGV))
"""
_TOGGLE = """
if redis.call('DEL', KEYS[1]) == 1 then return 0 end
redis.call('SET', KEYS[1], 'on')
return 1
"""


class QueueError(Exception):
    """Redis did not answer in time: the vote is not taken, the switch not changed."""


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

    def error_sim(self) -> bool:
        """Say whether the error switch of this release is ON."""

    def toggle_error_sim(self) -> bool:
        """Flip the switch and say what it is now."""

    def ping(self) -> None:
        """Return if Redis answers."""


class RedisQueue:
    """Votes and the switch of one release in Redis; every call ends within about two time-outs.

    After a time-out, calls fail at once for one time-out more: else a frozen Redis would hold every
    request that comes, and their connections, for as long as it is frozen.
    """

    def __init__(self, url: str, *, release: str, timeout_s: float) -> None:
        self._release = release
        self._switch = f"error-sim:{release}"
        self._timeout_s = timeout_s
        self._closed_until = 0.0
        self._idle: list[Any] = []  # connections
        self._redis = Redis.from_url(
            url,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        )
        self._cast = self._redis.register_script(_CAST)
        self._toggle = self._redis.register_script(_TOGGLE)

    def cast(self, vote: Vote) -> bool:
        """Put the vote on the stream, or say False because the error switch is ON."""
        fields = ["voter", vote.voter, "vote", vote.vote]
        fields += ["cast_at", str(time.time_ns() // 1_000_000), "release", self._release]
        if vote.synthetic:
            fields += ["synthetic", "1"]
        with self._bounded():
            return self._run_cast(fields) is not None

    def _run_cast(self, fields: list[str]) -> Any:
        """Run the script over a connection that lies ready; redis-py's usual way takes twice as long."""
        connection = self._idle.pop() if self._idle else self._redis.connection_pool.make_connection()
        try:
            try:
                return _ask(connection, "EVALSHA", self._cast.sha, 2, STREAM, self._switch, *fields)
            except RedisConnectionError:
                # Once more after a lost connection: a vote sent twice is still one vote of one voter.
                return _ask(connection, "EVALSHA", self._cast.sha, 2, STREAM, self._switch, *fields)
        except NoScriptError:  # Redis is new or was restarted
            return self._cast(keys=[STREAM, self._switch], args=fields)
        finally:
            self._idle.append(connection)

    def error_sim(self) -> bool:
        """Say whether the error switch of this release is ON."""
        with self._bounded():
            return bool(self._redis.exists(self._switch))

    def toggle_error_sim(self) -> bool:
        """Flip the switch for all pods and processes of this release and say what it is now."""
        with self._bounded():
            return bool(self._toggle(keys=[self._switch]))

    def ping(self) -> None:
        """Return if Redis answers, else raise QueueError."""
        with self._bounded():
            self._redis.ping()

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        if time.monotonic() < self._closed_until:
            raise QueueError("Redis did not answer just now")
        try:
            yield
        except RedisTimeoutError as error:
            self._closed_until = time.monotonic() + self._timeout_s
            raise QueueError(f"Redis did not answer within {self._timeout_s} s") from error
        except RedisError as error:
            raise QueueError(f"{type(error).__name__}: {error}") from error


def _ask(connection: Any, *words: object) -> Any:
    connection.send_command(*words)  # connects if it is not connected
    return connection.read_response()  # disconnects if it fails
