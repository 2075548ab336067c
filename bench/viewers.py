"""Many viewers of result and one voter, in one process: the time from each vote's 2xx to each viewer.

`python -m bench.viewers VOTE_PORT RESULT_PORT VIEWERS LONE STEADY` prints two 95th percentiles in ms.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.load import request

LIMIT_S = 10.0
TOTAL = re.compile(rb'"total": ?(\d+)[,}]')
EVENTS = b"GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"


@dataclass
class Audience:
    """When each vote was accepted, and when each viewer received a total that includes it."""

    size: int
    votes: int = 0
    ready: int = 0
    accepted: dict[int, float] = field(default_factory=dict)
    shown: dict[int, list[float]] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def see(self, before: int | None, total: int, now: float) -> None:
        if before is None:
            self.ready += 1
            self.votes = max(self.votes, total)
        else:
            for number in range(before + 1, total + 1):
                self.shown.setdefault(number, []).append(now)
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    def latencies(self, numbers: range) -> list[float]:
        return sorted(1000 * (at - self.accepted[number]) for number in numbers for at in self.shown[number])


class Viewer(asyncio.Protocol):
    """One open event stream."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._total: int | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.WriteTransport) -> None:
        transport.write(EVENTS)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        text = self._rest + data
        # An event may arrive in two parts; a total that is seen twice changes nothing.
        self._rest = text[-40:]
        for match in TOTAL.finditer(text):
            total = int(match[1])
            if self._total is None or total > self._total:
                self._audience.see(self._total, total, now)
                self._total = total


class Voter:
    """One persistent connection to vote."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def vote(self) -> float:
        """Vote; the time at which the vote was accepted. Any other answer ends the program."""
        self._writer.write(request(random.choice("ab")))
        async with asyncio.timeout(LIMIT_S):
            head = await self._reader.readuntil(b"\r\n\r\n")
            accepted = time.perf_counter()
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            await self._reader.readexactly(int(length[1]))
        if not head.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"viewers: a vote was not accepted: {head!r}")
        return accepted


async def main(vote_port: int, result_port: int, viewers: int, lone: int, steady: int) -> None:
    audience = Audience(viewers)
    loop = asyncio.get_running_loop()
    for _ in range(viewers):
        await loop.create_connection(lambda: Viewer(audience), "127.0.0.1", result_port)
    await audience.until(lambda: audience.ready == viewers)
    voter = Voter(*await asyncio.open_connection("127.0.0.1", vote_port))

    async def cast(votes: int, pauses: Callable[[], float]) -> float:
        """Cast that many votes with these pauses; the 95th percentile over all votes and viewers."""
        first = audience.votes + 1
        for _ in range(votes):
            await asyncio.sleep(pauses())
            audience.votes += 1
            audience.accepted[audience.votes] = await voter.vote()
        last = audience.votes
        await audience.until(lambda: len(audience.shown.get(last, ())) == viewers)
        found = audience.latencies(range(first, last + 1))
        return found[int(len(found) * 0.95)]

    alone = await cast(lone, lambda: random.uniform(0.3, 0.7))
    print(json.dumps([alone, await cast(steady, lambda: random.uniform(0.03, 0.07))]))


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
