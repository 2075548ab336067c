"""`make run`: embedded Redis and PostgreSQL, the three services and HTTPS in front, until Ctrl-C."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from honcho import manager as honcho

from local.app import Ports, services
from local.data import DATA, InUseError, locked
from local.servers import Postgres, Redis

PATIENCE_S = 3  # then what still runs is killed: a stop takes less than five seconds, whoever hangs
STOPPED_BY_USER = (130, 143)  # what the runner says after Ctrl-C and SIGTERM


class CannotStartError(Exception):
    """Something on this machine is in the way; the message says what to do."""


def main() -> int:
    """Run until Ctrl-C; 0 after a stop by the user, 2 if it cannot start, else what a service ended with."""
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return run(ports_from_env())
    except KeyboardInterrupt:
        return 0
    except (CannotStartError, InUseError) as error:
        print(f"run: {error}", file=sys.stderr)
        return 2


def run(ports: Ports) -> int:
    """Start everything, say where it is, and stop everything at the end."""
    for name, port in (("VOTE_HTTPS_PORT", ports.vote_https), ("RESULT_HTTPS_PORT", ports.result_https)):
        refuse_taken(name, port)
    with ExitStack() as stack:
        data = stack.enter_context(locked(DATA))
        print("run: starting Redis and PostgreSQL", flush=True)
        try:
            redis = stack.enter_context(Redis(data / "redis"))
            postgres = stack.enter_context(Postgres(data / "postgres"))
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            reason = str(error).splitlines()[0]
            raise CannotStartError(
                f"the servers did not start ({reason}); their logs are in {data.name}/, "
                f"and `make clean` starts afresh, without the votes kept there"
            ) from error
        honcho.KILL_WAIT = PATIENCE_S
        manager = honcho.Manager()
        for service in services(ports=ports, redis_url=redis.url, database_url=postgres.url, data=data):
            manager.add_process(service.name, service.shell, env=service.env)
        stopping = threading.Event()
        threading.Thread(target=announce, args=(ports, data, stopping), daemon=True).start()
        manager.loop()
        stopping.set()
        return 0 if manager.returncode in STOPPED_BY_USER else (manager.returncode or 1)


def ports_from_env() -> Ports:
    """The two ports that people see, from VOTE_HTTPS_PORT and RESULT_HTTPS_PORT."""
    chosen = {}
    for field, name in (("vote_https", "VOTE_HTTPS_PORT"), ("result_https", "RESULT_HTTPS_PORT")):
        value = os.environ.get(name)
        if value is None:
            continue
        if not value.isdecimal() or not 0 < int(value) < 65536:  # noqa: PLR2004 - the highest port
            raise CannotStartError(f"{name} must be a port number from 1 to 65535, not {value!r}")
        chosen[field] = int(value)
    return Ports(**chosen)


def refuse_taken(name: str, port: int) -> None:
    """Raise CannotStartError if somebody listens on the port, or may not be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStartError(
                f"port {port} cannot be used ({error.strerror}); stop what uses it, "
                f"or take another: make run {name}={port + 1000}"
            ) from error


def announce(ports: Ports, data: Path, stopping: threading.Event) -> None:
    """Say where the pages are as soon as both answer over HTTPS."""
    trust = ssl.create_default_context()
    trust.check_hostname = False  # only asks whether it answers
    trust.verify_mode = ssl.CERT_NONE
    waiting = [f"{ports.vote_url}/ready", f"{ports.result_url}/ready"]
    while waiting and not stopping.wait(0.1):
        try:
            with urllib.request.urlopen(waiting[0], timeout=2, context=trust):  # noqa: S310 - our own address
                waiting.pop(0)
        except OSError:
            continue
    if not waiting:
        print(
            f"\n  vote     {ports.vote_url}\n  results  {ports.result_url}\n"
            f"  trust    {data}/caddy/pki/authorities/local/root.crt (or accept the browser's warning)\n"
            f"  stop     Ctrl-C\n",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
