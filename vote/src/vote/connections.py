"""The one way to Redis, for votes, the error switch and health alike: a bounded number of connections."""

import time
from queue import Empty, LifoQueue
from typing import Any

from redis import ConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

MOST = 50  # a process; more would not make Redis any faster


class StoreError(Exception):
    """Redis did not do what it was asked, or not in time; the message says why in one line."""


class Connections:
    """Connections to one Redis, for all greenlets or threads of a process; none is made before it is needed.

    Whoever finds all of them in use waits. What counts is how long Redis has been silent, not how long the
    queue is: a crowd is served for as long as Redis answers, and a call fails once Redis has answered nobody
    for `timeout_s`. A connection that failed is closed, so that no answer is ever taken for another's.
    """

    def __init__(self, url: str, *, timeout_s: float, most: int = MOST) -> None:
        self._timeout_s = timeout_s
        self._answered_at = 0.0
        # redis-py's own way from a command to its answer takes twice as much processor time as ours.
        # RESP2 and no driver info: a connection needs no round trip before its first command.
        pool = ConnectionPool.from_url(
            url, max_connections=most, protocol=2, driver_info=None, retry=Retry(NoBackoff(), 0)
        )
        self._free: LifoQueue[Any] = LifoQueue()  # those in use lately first: they are connected
        for _ in range(most):
            self._free.put(pool.make_connection())

    def ask(self, *words: object, again: bool = True) -> Any:
        """Redis' answer to one command; NoScriptError and StoreError say why there is none.

        Connections break when Redis restarts: the command is sent once more, unless `again` is False.
        """
        called_at = time.monotonic()
        connection = self._take(called_at)
        try:
            try:
                return self._exchange(connection, words, called_at)
            except RedisConnectionError:
                if not again:
                    raise
                return self._exchange(connection, words, called_at)
        except NoScriptError:
            raise
        except RedisTimeoutError as error:
            raise self._silent() from error
        except RedisError as error:
            raise StoreError(f"{type(error).__name__}: {error}") from error
        finally:
            self._free.put(connection)

    def _take(self, called_at: float) -> Any:
        while (left := self._left(called_at)) > 0:
            try:
                return self._free.get(timeout=left)
            except Empty:
                pass  # others may have been answered meanwhile
        raise self._silent()

    def _exchange(self, connection: Any, words: tuple[object, ...], called_at: float) -> Any:
        try:
            if not connection.is_connected:
                connection.socket_connect_timeout = connection.socket_timeout = self._some(called_at)
                connection.connect()
            connection.send_command(*words, check_health=False)
            answer = self._read(connection, called_at)
        except ResponseError:  # an answer, too
            self._answered_at = time.monotonic()
            raise
        except BaseException:
            connection.disconnect()
            raise
        self._answered_at = time.monotonic()
        return answer

    def _read(self, connection: Any, called_at: float) -> Any:
        try:
            return connection.read_response(timeout=self._some(called_at), disconnect_on_error=False)
        except RedisTimeoutError:
            # Looked twice: in a busy process the time may be over before an answer that is there was seen.
            return connection.read_response(timeout=0.01)

    def _left(self, called_at: float) -> float:
        return max(called_at, self._answered_at) + self._timeout_s - time.monotonic()

    def _some(self, called_at: float) -> float:
        return max(self._left(called_at), 0.001)  # 0 would not wait at all

    def _silent(self) -> StoreError:
        return StoreError(f"Redis did not answer within {self._timeout_s:g} s")
