"""TLS in front of the embedded servers, which are built without it."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Self

from local.servers import free_port

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Streams]]
SSL_REQUEST = 8  # bytes; a PostgreSQL client requests TLS before the handshake


class Terminator:
    """Terminates TLS on its own port and forwards to the server, within a `with` block."""

    def __init__(self, context: ssl.SSLContext, server: Connect, *, asked_for: bool = False) -> None:
        self.port = free_port()
        self._context = context
        self._server = server
        self._asked_for = asked_for
        self._listening = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=[self._run()])

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._listening.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(self._serve, "127.0.0.1", self.port):
            self._listening.set()
            await self._stop.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            try:
                if self._asked_for:
                    await reader.readexactly(SSL_REQUEST)
                    writer.write(b"S")
                await writer.start_tls(self._context)
                await self._pass_on(reader, writer)
            finally:
                writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, inside = await self._server()
        try:
            await asyncio.gather(copy(reader, inside), copy(answers, writer))
        finally:
            inside.transport.abort()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until one side closes, then close the other."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
