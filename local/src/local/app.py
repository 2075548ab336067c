"""The whole app as processes on this machine: the commands and their environments."""

import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from delivery.domain.services import DEPLOYED
from local.environment import inherited
from local.servers import free_port

ROOT = Path(__file__).parents[3]
OTHERS = [name for name in DEPLOYED if name not in ("vote", "worker", "result")]  # connected to nothing yet
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
    others: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in OTHERS})
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
    """Every service of an environment, connected to the two servers, and Caddy in front of the two pages."""
    base = inherited() | {"PYTHONSAFEPATH": "1", "PYTHONUTF8": "1", "BIND_HOST": "127.0.0.1"}
    links = {"VOTE_URL": ports.vote_url, "RESULT_URL": ports.result_url}
    redis, database = {"REDIS_URL": redis_url}, {"DATABASE_URL": database_url}
    settings = {
        "vote": links | redis | {"VOTE_PORT": str(ports.vote), "VOTE_TRUSTED_PROXIES": "1"},
        "worker": redis | database | {"WORKER_PORT": str(ports.worker)},
        "result": links | database | {"RESULT_PORT": str(ports.result)},
    }
    settings |= {name: {f"{name.upper()}_PORT": str(port)} for name, port in ports.others.items()}
    https = {
        "BIND_HOST": " ".join(ports.https_addresses),
        "VOTE_UPSTREAM_HOST": "127.0.0.1",
        "VOTE_UPSTREAM_PORT": str(ports.vote),
        "RESULT_UPSTREAM_HOST": "127.0.0.1",
        "RESULT_UPSTREAM_PORT": str(ports.result),
        "VOTE_HTTPS_PORT": str(ports.vote_https),
        "RESULT_HTTPS_PORT": str(ports.result_https),
        "XDG_DATA_HOME": str(data),
        "XDG_CONFIG_HOME": str(data),
    }
    caddy = [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(CADDYFILE)]
    return [
        *(Service(name, [sys.executable, "-u", "-m", name], base | own) for name, own in settings.items()),
        Service("https", caddy, base | https),
    ]
