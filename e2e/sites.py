"""The whole app as processes on this machine, for a test, and its clients."""

import os
import signal
import ssl
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx

from local.app import Ports, Service, services
from local.servers import Postgres, Redis, free_port


def wait_until(condition: Callable[[], object], *, seconds: float = 30, what: str = "") -> None:
    """Return as soon as the condition holds; fail with the reason if it does not in time."""
    end = time.monotonic() + seconds
    reason = ""
    while time.monotonic() < end:
        try:
            if condition():
                return
        except (OSError, httpx.HTTPError) as error:
            reason = repr(error)
        time.sleep(0.05)  # between two checks
    raise AssertionError(f"not within {seconds} s: {what or condition} {reason}")


def one_connection_each(base_url: str) -> httpx.Client:
    """A client that opens a new connection for every request, so it reaches every process."""
    return httpx.Client(
        base_url=base_url, verify=False, timeout=10, limits=httpx.Limits(max_keepalive_connections=0)
    )


@dataclass
class Site:
    """The app's URLs, and the authority that signed its certificate."""

    vote_url: str
    result_url: str
    authority: str

    def client(self, **kwargs: object) -> httpx.Client:
        """A client that trusts only this site's certificate."""
        trust = ssl.create_default_context(cadata=self.authority)
        return httpx.Client(verify=trust, base_url=self.vote_url, timeout=10, **kwargs)

    def results(self) -> dict:
        """The JSON of the result service."""
        with self.client() as client:
            return client.get(f"{self.result_url}/api/results").raise_for_status().json()

    def total(self) -> int:
        """Votes counted so far."""
        return self.results()["total"]


@dataclass
class LocalSite:
    """Everything as processes, with data in `folder`; each part can be restarted or killed."""

    folder: Path
    redis_cluster: bool = False
    ports: Ports = field(default_factory=lambda: Ports(vote_https=free_port(), result_https=free_port()))
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.redis = stack.enter_context(Redis(self.folder / "redis", cluster=self.redis_cluster))
            self.postgres = stack.enter_context(Postgres(self.folder / "postgres"))
            stack.callback(self.stop_all)
            self._close = stack.pop_all().close
        self.services = {
            service.name: service
            for service in services(
                ports=self.ports, redis_url=self.redis.url, database_url=self.postgres.url, data=self.folder
            )
        }
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def start(self, service: str, name: str = "", **env: str) -> subprocess.Popen:
        """Start a service, or another instance of it with another name and other settings."""
        template = self.services[service]
        with (self.folder / f"{name or service}.log").open("a") as log:
            process = Service(name or service, template.command, template.env | env).popen(
                stdout=log, stderr=subprocess.STDOUT
            )
        self.processes[name or service] = process
        return process

    def start_vote(self, name: str = "vote", **env: str) -> str:
        """Start another vote service; returns its URL once it answers."""
        port = free_port()
        self.start("vote", name, VOTE_PORT=str(port), **env)
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: httpx.get(f"{url}/health").is_success, what=f"{name} answers")
        return url

    def start_all(self) -> Site:
        """Start every service, and return once both pages answer over HTTPS."""
        for service in self.services:
            self.start(service)
        root = self.folder / "caddy/pki/authorities/local/root.crt"
        wait_until(root.exists, what="Caddy has created its certificate")
        site = Site(self.ports.vote_url, self.ports.result_url, root.read_text())
        with site.client() as client:
            for url in (site.vote_url, site.result_url):
                wait_until(lambda url=url: client.get(f"{url}/ready").is_success, what=f"{url} is ready")
        return site

    def kill(self, name: str) -> None:
        """Kill a service and its children with SIGKILL."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> int:
        """Stop a service with SIGTERM; returns its exit code."""
        process = self.processes.pop(name)
        process.terminate()
        return process.wait(timeout=15)

    def stop_all(self) -> None:
        """Stop everything that is still running."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=15)
        self.processes.clear()
