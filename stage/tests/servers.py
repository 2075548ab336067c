"""Real HTTP servers on 127.0.0.1 that break as a test wants."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from stage.sources import CHECK_S


class Server:
    """Answers by `answer(request)`; `broken` is "", "hang" (no answer) or a status of HTTP."""

    def __init__(self) -> None:
        self.broken = ""
        self.asked: list[tuple[str, str]] = []
        self.released = threading.Event()  # at the end, for answers that hang
        self._connections = set()
        self._start(0)

    @property
    def url(self) -> str:
        return "http://stage.localhost"  # users' URLs do not resolve: connections go to the front door

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        raise NotImplementedError

    def die(self) -> None:
        """Refuse every connection, and cut those that are open."""
        self._server.shutdown()
        self._server.server_close()
        for each in list(self._connections):
            each.close_connection = True
            with suppress(OSError):
                each.connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def live(self) -> None:
        """Serve again, on the same port."""
        self._start(self.port)

    def _start(self, port: int) -> None:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self) -> None:
                fake._connections.add(self)
                with suppress(OSError, ValueError):  # the client is gone, or the test has cut the connection
                    super().handle()
                fake._connections.discard(self)

            def finish(self) -> None:
                with suppress(OSError, ValueError):
                    super().finish()

            def do_GET(self) -> None:
                self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fake.asked.append((self.command, self.path))
                if fake.broken == "hang":
                    fake.released.wait()
                elif fake.broken:
                    say(self, {"error": "Prometheus is unreachable"}, status=int(fake.broken))
                else:
                    fake.answer(self)

            do_POST = do_GET  # noqa: N815 - the library's name

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        ThreadingHTTPServer.allow_reuse_address = True
        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads, self._server.block_on_close = True, False
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()


def say(request, content, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
    """Answer with JSON, or with text."""
    body = (content if isinstance(content, str) else json.dumps(content)).encode()
    request.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


class Site(Server):
    """vote behind one address: the stable release for users, and the second release's switch."""

    def __init__(self, stable: str, second: str) -> None:
        self.stable, self.second, self.enabled = stable, second, False
        super().__init__()

    def answer(self, request) -> None:
        if request.path != "/api/error-sim":
            say(request, {}, headers={"X-Release": self.stable})
            return
        if request.command == "POST":
            self.enabled = not self.enabled
        say(request, {"enabled": self.enabled}, headers={"X-Release": self.second})


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """A server that ends with the block, whatever state it is in."""
    try:
        yield server
    finally:
        server.released.set()
        if server._thread.is_alive():
            server.die()


def wait_until(condition, seconds: float = 10) -> None:
    """Return once the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)


class Direct:
    """What api.Api is for the sources, without a cluster."""

    def __init__(self, server: Server) -> None:
        self.server, self.forgotten = server, 0

    def connect(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.server.port}", timeout=3)

    def forget(self) -> None:
        self.forgotten += 1


class Events:
    """What the sources published; the same again is dropped, as by a Session."""

    def __init__(self) -> None:
        self.all: list[tuple[float, str, dict]] = []
        self._last: dict[str, dict] = {}

    def __call__(self, event: str, /, **content) -> None:
        key = f"{event} {content.get('source', '')}"
        if event in ("vote", "verdict") or self._last.get(key) != content:
            self._last[key] = content
            self.all.append((time.monotonic(), event, content))

    def named(self, name: str) -> list[dict]:
        return [content for _, event, content in list(self.all) if event == name]

    def wait(self, name: str, condition=lambda _: True, seconds: float = 10) -> tuple[float, dict]:
        """The first event of this name that fulfils the condition, and when it came."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for at, event, content in list(self.all):
                if event == name and condition(content):
                    return at, content
            time.sleep(0.01)
        raise AssertionError(f"no such {name} within {seconds} s: {self.named(name)[-3:]}")

    def forget(self) -> None:
        """Drop what came so far."""
        self.all.clear()


@contextmanager
def running(threads, stop: threading.Event, *sources) -> Iterator[None]:
    """Run the threads, and check the sources as live.py does."""

    def check() -> None:
        while not stop.wait(CHECK_S):
            for each in sources:
                each.check()

    threads = [*threads, threading.Thread(target=check, daemon=True)]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        stop.set()
        for each in threads:
            each.join()  # or it would go on in the next test
