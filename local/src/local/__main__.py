"""`make run`: embedded Redis and PostgreSQL, the services, and HTTPS in front, until Ctrl-C."""

import os
import socket
import ssl
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

from local.app import Ports, services
from local.data import DATA, InUseError, UnusableError, locked
from local.process import NotStartedError
from local.runner import Runner
from local.servers import Postgres, Redis, free_port


class CannotStartError(Exception):
    """Something on this machine prevents the start; the message says what to do."""


def main() -> int:
    """Run until Ctrl-C; 0 after a stop by the user, 2 if it cannot start, else a service's exit code."""
    runner = Runner()
    try:
        return run(runner, ports_from_env())
    except (CannotStartError, InUseError, UnusableError) as error:
        if runner.stopping:
            return 0
        print(f"run: {error}", file=sys.stderr)
        return 2


def run(runner: Runner, ports: Ports) -> int:
    """Start everything, print the URLs, and stop everything at the end."""
    for name, port in (("VOTE_HTTPS_PORT", ports.vote_https), ("RESULT_HTTPS_PORT", ports.result_https)):
        for address in ports.https_addresses:
            refuse_taken(name, address, port)
    with ExitStack() as stack:
        data = stack.enter_context(locked(DATA))
        runner.say("run: starting Redis and PostgreSQL")
        try:
            redis = stack.enter_context(Redis(data / "redis"))
            postgres = stack.enter_context(Postgres(data / "postgres"))
        except (OSError, KeyError, NotStartedError) as error:
            raise CannotStartError(
                f"the servers did not start ({error}); their logs are in {data.name}/, "
                f"`make clean` deletes them together with the votes"
            ) from error
        for service in services(ports=ports, redis_url=redis.url, database_url=postgres.url, data=data):
            runner.start(service)
        Thread(target=announce, args=(runner, ports, data), daemon=True).start()
        return runner.wait()


def ports_from_env() -> Ports:
    """The two public ports, from VOTE_HTTPS_PORT and RESULT_HTTPS_PORT."""
    chosen: dict[str, Any] = {}
    for field, name in (("vote_https", "VOTE_HTTPS_PORT"), ("result_https", "RESULT_HTTPS_PORT")):
        value = os.environ.get(name)
        if value is None:
            continue
        if not value.isdecimal() or not 0 < int(value) < 65536:  # noqa: PLR2004 - the highest port
            raise CannotStartError(f"{name} must be a port number from 1 to 65535, not {value!r}")
        chosen[field] = int(value)
    ports = Ports(**chosen)
    if ports.vote_https == ports.result_https:
        raise CannotStartError(
            f"VOTE_HTTPS_PORT and RESULT_HTTPS_PORT are both {ports.vote_https}; "
            f"change one of them: make run RESULT_HTTPS_PORT={free_port()}"
        )
    return ports


def refuse_taken(name: str, address: str, port: int) -> None:
    """Raise CannotStartError if the port is taken or not permitted."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        socket.create_server((address, port), family=family).close()
    except OSError as error:
        raise CannotStartError(
            f"port {port} cannot be used ({os.strerror(error.errno or 0)}); stop the program that uses it, "
            f"or choose another: make run {name}={free_port()}"
        ) from error


def announce(runner: Runner, ports: Ports, data: Path) -> None:
    """Print the URLs as soon as both pages answer over HTTPS."""
    for port in (ports.vote_https, ports.result_https):
        while not is_ready(port):
            time.sleep(0.1)  # between two checks
    runner.say(
        f"\n  vote     {ports.vote_url}\n  results  {ports.result_url}\n"
        f"  trust    {data}/caddy/pki/authorities/local/root.crt (or accept the browser's warning)\n"
        f"  stop     Ctrl-C\n"
    )


def is_ready(port: int) -> bool:
    """Whether the page on this port is ready; the request bypasses proxies and name servers."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the default context reads SSLKEYLOGFILE and others
    trust.check_hostname = False  # the check needs no trust
    trust.verify_mode = ssl.CERT_NONE
    request = f"GET /ready HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=2) as connection,
            trust.wrap_socket(connection, server_hostname="localhost") as page,
        ):
            page.sendall(request.encode())
            return page.recv(64).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
