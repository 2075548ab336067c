import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from apm import metrics
from apm.client import Prometheus, PrometheusError, Sample


def rows(*result: object, status: object = "success", kind: str = "vector") -> bytes:
    return json.dumps({"status": status, "data": {"resultType": kind, "result": result}}).encode()


def row(value: object, **labels: object) -> dict[str, object]:
    return {"metric": labels, "value": [1700000000.0, value]}


def prometheus(answer: httpx.Response | Exception) -> Prometheus:
    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Prometheus("http://test/prefix/", timeout_s=0.5, transport=httpx.MockTransport(handle))


def test_an_answer_is_parsed():
    answer = httpx.Response(200, content=rows(row("98", status="200"), row("2.5", status="500")))

    assert prometheus(answer).query("up") == [Sample({"status": "200"}, 98), Sample({"status": "500"}, 2.5)]


def test_the_query_goes_to_the_prefixed_url_with_a_timeout():
    asked = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, str(request.url), request.content))
        return httpx.Response(200, content=rows())

    server = Prometheus("http://test/prefix/", timeout_s=0.5, transport=httpx.MockTransport(handle))

    assert server.query('up{a="b"}') == []
    assert asked == [
        ("POST", "http://test/prefix/api/v1/query", b"query=up%7Ba%3D%22b%22%7D&timeout=500ms"),
    ]


FAULTS = {
    "500": (httpx.Response(500, content=rows()), "HTTP 500"),
    "503": (httpx.Response(503, text="Service Unavailable"), "HTTP 503"),
    "bad query": (httpx.Response(400, json={"status": "error"}), "HTTP 400"),
    "redirect": (httpx.Response(302, headers={"Location": "http://login/"}), "HTTP 302"),
    "no content": (httpx.Response(204), "HTTP 204"),
    "empty": (httpx.Response(200, content=b""), "cannot be parsed"),
    "HTML": (httpx.Response(200, html="<h1>Welcome</h1>"), "cannot be parsed"),
    "binary": (httpx.Response(200, content=b"\xff\xfe\x00"), "cannot be parsed"),
    "cut off": (httpx.Response(200, content=rows(row("1"))[:-9]), "cannot be parsed"),
    "deep": (httpx.Response(200, content=b"[" * 100_000), "cannot be parsed"),
    "a list": (httpx.Response(200, json=[]), "cannot be parsed"),
    "null": (httpx.Response(200, json=None), "cannot be parsed"),
    "no data": (httpx.Response(200, json={"status": "success"}), "cannot be parsed"),
    "no value": (httpx.Response(200, content=rows({"metric": {}})), "cannot be parsed"),
    "no labels": (httpx.Response(200, content=rows({"value": [0, "1"]})), "cannot be parsed"),
    "odd labels": (httpx.Response(200, content=rows({"metric": 5, "value": [0, "1"]})), "cannot be parsed"),
    "a word": (httpx.Response(200, content=rows(row("many"))), "cannot be parsed"),
    "null value": (httpx.Response(200, content=rows(row(None))), "cannot be parsed"),
    "error": (httpx.Response(200, content=rows(status="error")), "instant vector"),
    "another kind": (httpx.Response(200, content=rows(kind="matrix")), "instant vector"),
    "NaN": (httpx.Response(200, content=rows(row("98"), row("NaN"))), "not a count"),
    "+Inf": (httpx.Response(200, content=rows(row("+Inf"))), "not a count"),
    "negative": (httpx.Response(200, content=rows(row("-1"))), "not a count"),
    "too much": (httpx.Response(200, content=b" " * 2_000_000), "too large"),
    "slow to connect": (httpx.ConnectTimeout("slow"), "did not answer within 0.5 s"),
    "slow to answer": (httpx.ReadTimeout("slow"), "did not answer within 0.5 s"),
    "refused": (httpx.ConnectError("[Errno 111]\nConnection refused"), "unreachable: .*Connection refused"),
    "hung up": (httpx.RemoteProtocolError("Server disconnected"), "unreachable: Server disconnected"),
    "nameless": (httpx.ReadError(""), "unreachable: ReadError"),
}


@pytest.mark.parametrize(("answer", "said"), FAULTS.values(), ids=FAULTS)
def test_an_invalid_answer_is_an_error_of_one_line(answer, said):
    failures = metrics.PROMETHEUS_FAILURES._value.get()

    with pytest.raises(PrometheusError, match=said) as raised:
        prometheus(answer).query("up")

    assert "\n" not in str(raised.value)
    assert metrics.PROMETHEUS_FAILURES._value.get() == failures + 1


@contextlib.contextmanager
def dripping() -> Iterator[str]:
    """A server whose answer never ends: one byte every tenth of a second."""
    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not gone.wait(0.1):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        gone.set()
        thread.join()


@pytest.mark.servers
def test_an_answer_that_trickles_in_times_out():
    with dripping() as url, contextlib.closing(Prometheus(url, timeout_s=0.5)) as server:
        began = time.monotonic()
        with pytest.raises(PrometheusError, match=r"did not answer within 0\.5 s"):
            server.query("up")

    assert 0.5 <= time.monotonic() - began < 1.5


@pytest.mark.servers
def test_a_silent_server_times_out():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with contextlib.closing(Prometheus(url, timeout_s=0.5)) as server:
            began = time.monotonic()
            with pytest.raises(PrometheusError, match=r"did not answer within 0\.5 s"):
                server.query("up")

    assert time.monotonic() - began < 1.5
