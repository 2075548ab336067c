"""Servers as child processes: start, wait until ready, and stop."""

import signal
import subprocess
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from local.environment import inherited

START_S = 30
STOP_S = 5


class NotStartedError(Exception):
    """A server did not start; the message is the reason from its log."""


def package_folder(package: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise NotStartedError(f"the package {package} is missing; remove .venv and run `make setup`")
    return Path(spec.submodule_search_locations[0])


def start(
    command: list[str], *, log: Path, ready: Callable[["subprocess.Popen[bytes]"], bool], **options: Any
) -> "subprocess.Popen[bytes]":
    """Start a server and return once it is ready, or raise NotStartedError.

    It has its own session, so Ctrl-C in the terminal reaches only us, and we stop the services first.
    """
    with log.open("ab") as output:
        begin = output.tell()
        process = subprocess.Popen(
            command,
            env=inherited() | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )
    try:
        _wait(process, ready, log, begin)
    except BaseException:
        end(process, signal.SIGKILL)
        raise
    return process


def _wait(
    process: "subprocess.Popen[bytes]",
    ready: Callable[["subprocess.Popen[bytes]"], bool],
    log: Path,
    begin: int,
) -> None:
    deadline = time.monotonic() + START_S
    while not ready(process):
        if process.poll() is not None:
            raise NotStartedError(reason(log.read_bytes()[begin:]))
        if time.monotonic() > deadline:
            raise NotStartedError(f"no answer within {START_S} s")
        time.sleep(0.02)  # between two checks


def end(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    """Stop a server with this signal, or with SIGKILL if it takes too long."""
    process.send_signal(how)
    try:
        process.wait(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def reason(log: bytes) -> str:
    """The reason why a server ended: the last error in its output, or the last line."""
    lines = [line.strip() for line in log.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if any(word in line for word in ("rror", "FATAL", "PANIC", "No space"))]
    return (errors or lines or ["it wrote no output"])[-1]
