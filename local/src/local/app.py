"""The whole app as processes on this machine: the commands and their environments."""

import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from local.environment import inherited
from local.servers import free_port

ROOT = Path(__file__).parents[3]
CADDYFILE = ROOT / "local" / "Caddyfile"
CADDY = Path(sys.executable).with_name("caddy")


def localhost() -> list[str]:
    """The loopback addresses of this machine: `localhost` may be 127.0.0.1, ::1 or both."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return ["127.0.0.1", "::1"]
    except OSError:
        return ["127.0.0.1"]


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The ports on loopback; users need only the first two."""

    vote_https: int = 8443
    result_https: int = 8444
    vote: int = field(default_factory=free_port)
    result: int = field(default_factory=free_port)
    worker: int = field(default_factory=free_port)
    https_addresses: list[str] = field(default_factory=localhost)

    @property
    def vote_url(self) -> str:
        """The URL of the vote page."""
        return f"https://localhost:{self.vote_https}"

    @property
    def result_url(self) -> str:
        """The URL of the result page."""
        return f"https://localhost:{self.result_https}"


@dataclass(frozen=True)
class Service:
    """One process to run: its name, its command and its environment."""

    name: str
    command: list[str]
    env: dict[str, str]

    def popen(self, **kwargs: object) -> "subprocess.Popen[str]":
        """Start it in a new session, so that it can be stopped together with its children."""
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            self.command,
            env=self.env,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
            **kwargs,
        )


def services(*, ports: Ports, redis_url: str, database_url: str, data: Path) -> list[Service]:
    """vote, worker, result, and Caddy in front, connected to the two servers."""
    python = [sys.executable, "-u", "-m"]
    base = inherited() | {"PYTHONSAFEPATH": "1", "PYTHONUTF8": "1", "BIND_HOST": "127.0.0.1"}
    links = {"VOTE_URL": ports.vote_url, "RESULT_URL": ports.result_url}
    return [
        Service(
            "vote",
            [*python, "vote"],
            base
            | links
            | {"REDIS_URL": redis_url, "VOTE_PORT": str(ports.vote), "VOTE_TRUSTED_PROXIES": "1"},
        ),
        Service(
            "worker",
            [*python, "worker"],
            base | {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "WORKER_PORT": str(ports.worker)},
        ),
        Service(
            "result",
            [*python, "result"],
            base | links | {"DATABASE_URL": database_url, "RESULT_PORT": str(ports.result)},
        ),
        Service(
            "https",
            [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(CADDYFILE)],
            base
            | {
                "BIND_HOST": " ".join(ports.https_addresses),
                "VOTE_UPSTREAM_HOST": "127.0.0.1",
                "VOTE_UPSTREAM_PORT": str(ports.vote),
                "RESULT_UPSTREAM_HOST": "127.0.0.1",
                "RESULT_UPSTREAM_PORT": str(ports.result),
                "VOTE_HTTPS_PORT": str(ports.vote_https),
                "RESULT_HTTPS_PORT": str(ports.result_https),
                "XDG_DATA_HOME": str(data),
                "XDG_CONFIG_HOME": str(data),
            },
        ),
    ]
