"""A cheap load generator in its own process: persistent connections and prepared requests.

`python -m bench.load PORT CONNECTIONS SECONDS` prints how many votes were accepted, as one line of JSON.
"""

import itertools
import json
import re
import secrets
import select
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

WARM_UP_S = 0.5
SILENCE_S = 10.0
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


def request(vote: str) -> bytes:
    """The request that a browser sends when a new voter presses a button."""
    head = (
        "POST / HTTP/1.1",
        "Host: localhost",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Content-Type: application/x-www-form-urlencoded",
        f"Cookie: voter={secrets.token_hex(16)}",
        "Content-Length: 6",
    )
    return "\r\n".join((*head, "", f"vote={vote}")).encode()


@dataclass
class Connection:
    """One persistent connection with at most one open request."""

    sock: socket.socket
    began: float = 0.0
    answer: bytearray = field(default_factory=bytearray)

    def send(self, message: bytes) -> None:
        self.answer.clear()
        self.began = time.perf_counter()
        self.sock.sendall(message)

    def complete(self) -> bool:
        """Read what has arrived; True if that completes a 200 response."""
        data = self.sock.recv(65536)
        self.answer += data
        head, blank_line, body = self.answer.partition(b"\r\n\r\n")
        if not data or (blank_line and not head.startswith(b"HTTP/1.1 200 ")):
            raise SystemExit(f"load: a vote was not accepted: {bytes(self.answer[:200])!r}")
        length = LENGTH.search(head)
        return bool(blank_line and length and len(body) >= int(length[1]))


def answers(poll: select.epoll, connections: dict[int, Connection]) -> Iterator[Connection]:
    """Each connection as soon as its answer is complete."""
    while True:
        events = poll.poll(SILENCE_S)
        if not events:
            raise SystemExit(f"load: no answer for {SILENCE_S} s")
        for descriptor, _ in events:
            if connections[descriptor].complete():
                yield connections[descriptor]


def run(port: int, number: int, seconds: float) -> dict[str, float]:
    messages = itertools.cycle([request(vote) for vote in "ab" * 2000])
    poll = select.epoll()
    connections = {}
    for _ in range(number):
        sock = socket.create_connection(("127.0.0.1", port), timeout=SILENCE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(sock, select.EPOLLIN)
        connections[sock.fileno()] = Connection(sock)
    for connection in connections.values():
        connection.send(next(messages))

    start = time.perf_counter() + WARM_UP_S
    end = start + seconds
    accepted = 0
    waiting = number
    latencies = []
    for connection in answers(poll, connections):
        now = time.perf_counter()
        accepted += 1
        if start <= now < end:
            latencies.append(now - connection.began)
        if now < end:
            connection.send(next(messages))
            continue
        waiting -= 1
        if not waiting:
            break
    latencies.sort()
    return {
        "accepted": accepted,
        "per_second": len(latencies) / seconds,
        "p99_ms": 1000 * latencies[int(len(latencies) * 0.99)],
    }


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
