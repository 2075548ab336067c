"""The connection pool on a real server, which the tests freeze."""

import pytest

from vote.connections import Connections, StoreError

from .conftest import TIMEOUT_S

pytestmark = pytest.mark.servers


def test_a_late_answer_is_never_returned_for_another_command(redis_server):
    connections = Connections(redis_server.url, timeout_s=TIMEOUT_S, most=1)
    connections.ask("SET", "late", "yes")
    redis_server.pause()
    try:
        with pytest.raises(StoreError):
            connections.ask("GET", "late")
    finally:
        redis_server.resume()

    assert connections.ask("ECHO", "mine") == b"mine"


def test_an_error_answer_keeps_the_connection_usable(redis_server):
    connections = Connections(redis_server.url, timeout_s=TIMEOUT_S, most=1)

    for _ in range(3):
        with pytest.raises(StoreError, match="unknown command"):
            connections.ask("NONSENSE")
    assert connections.ask("PING") == b"PONG"
