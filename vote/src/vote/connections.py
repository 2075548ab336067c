"""The connection pool for Redis: votes, the error switch and health checks all share it."""

import time
from queue import Empty, LifoQueue
from typing import Any

from redis import ConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

MOST = 50  # per process; more connections would not make Redis any faster


class StoreError(Exception):
    """Redis failed or timed out; the message says why in one line."""


class Connections:
    """The pool of one process, shared by its greenlets or threads; a connection opens at its first use.

    A call waits while all connections are in use. The timeout measures how long Redis has been silent, not
    how long a call has waited: as long as Redis keeps answering, a burst of requests is served in full. A
    call fails once Redis has answered no call for `timeout_s`. A connection that failed is closed, so a
    late answer can never be mistaken for the answer to another command.
    """

    def __init__(self, url: str, *, timeout_s: float, most: int = MOST) -> None:
        self._timeout_s = timeout_s
        self._answered_at = 0.0
        # The high-level client of redis-py takes twice as much CPU time for a command as _exchange.
        # With RESP2 and without driver info, a new connection needs no handshake before its first command.
        pool = ConnectionPool.from_url(
            url, max_connections=most, protocol=2, driver_info=None, retry=Retry(NoBackoff(), 0)
        )
        # The most recently used come first: they are already connected.
        self._free: LifoQueue[Any] = LifoQueue()
        for _ in range(most):
            self._free.put(pool.make_connection())

    def ask(self, *words: object, retry: bool = True) -> Any:
        """Send one command and return the answer; raises NoScriptError or StoreError.

        Connections break when Redis restarts, so the command is retried once, unless `retry` is False.
        """
        called_at = time.monotonic()
        connection = self._take(called_at)
        try:
            try:
                return self._exchange(connection, words, called_at)
            except RedisConnectionError:
                if not retry:
                    raise
                return self._exchange(connection, words, called_at)
        except NoScriptError:
            raise
        except RedisTimeoutError as error:
            raise self._timed_out() from error
        except RedisError as error:
            raise StoreError(f"{type(error).__name__}: {error}") from error
        finally:
            self._free.put(connection)

    def _take(self, called_at: float) -> Any:
        while (left := self._left(called_at)) > 0:
            try:
                return self._free.get(timeout=left)
            except Empty:
                pass  # Redis may have answered another call in the meantime
        raise self._timed_out()

    def _exchange(self, connection: Any, words: tuple[object, ...], called_at: float) -> Any:
        try:
            if not connection.is_connected:
                connection.socket_connect_timeout = connection.socket_timeout = self._socket_timeout(
                    called_at
                )
                connection.connect()
            connection.send_command(*words, check_health=False)
            answer = self._read(connection, called_at)
        except ResponseError:  # an error is an answer, too
            self._answered_at = time.monotonic()
            raise
        except BaseException:
            connection.disconnect()
            raise
        self._answered_at = time.monotonic()
        return answer

    def _read(self, connection: Any, called_at: float) -> Any:
        try:
            return connection.read_response(
                timeout=self._socket_timeout(called_at), disconnect_on_error=False
            )
        except RedisTimeoutError:
            # Read once more: in a busy process, the timeout can expire although the answer has arrived.
            return connection.read_response(timeout=0.01)

    def _left(self, called_at: float) -> float:
        return max(called_at, self._answered_at) + self._timeout_s - time.monotonic()

    def _socket_timeout(self, called_at: float) -> float:
        return max(self._left(called_at), 0.001)  # 0 would mean not to wait at all

    def _timed_out(self) -> StoreError:
        return StoreError(f"Redis did not answer within {self._timeout_s:g} s")
