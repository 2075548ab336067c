"""The release view beside a demo: a process that shows the demo's own votes, and records them."""

import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from select import select
from subprocess import PIPE, Popen, TimeoutExpired
from tempfile import TemporaryFile
from threading import Thread
from typing import IO

from demo.environment import Environment
from demo.local_pages import Vote

COMMAND = (sys.executable, "-m", "demo.stage")
PORT = 8500  # of `make stage`, if it is free
SAID = re.compile(r"stage: (http://\S+) .* records it in (\S+);")
START_S, END_S = 15, 5
Voted = Callable[[Vote], None]


def unseen(_: Vote) -> None:
    """Where a vote goes that no view shows."""


@contextmanager
def beside(
    env: Environment, say: Callable[[str], None], command: tuple[str, ...] = COMMAND
) -> Iterator[Voted]:
    """Show the environment in the release view within the block; yields a function that takes each vote.

    Taking a vote never waits for the view. Without a view the demo goes on, and one line says why.
    """
    with TemporaryFile() as errors:
        options = (f"--env={env.name}", f"--port={free_port()}", "--votes=-")
        child = Popen(  # noqa: S603 - our own command
            [*command, *options],
            stdin=PIPE,
            stdout=PIPE,
            stderr=errors,
            bufsize=0,
            env=os.environ | {"CLUSTER_NAME": env.cluster.name},
            start_new_session=True,  # Ctrl-C is for the demo, with which the view ends
        )
        assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018 - they are pipes
        with child:
            heard, _, _ = select([child.stdout], [], [], START_S)
            said = SAID.match(child.stdout.readline().decode() if heard else "")
            if said is None:
                child.kill()
                child.wait()
                errors.seek(0)
                say(f"no release view: {reason(errors.read().decode())}")
                yield unseen
                return
            say(f"the release view: {said[1]}")
            try:
                with written(child.stdin) as voted:
                    yield voted
            finally:
                ended(child)
                say(f"the release view has ended; play it again: make stage REPLAY={said[2]}")


@contextmanager
def written(pipe: IO[bytes]) -> Iterator[Voted]:
    """Yields a function that takes a vote; a thread writes the votes, all of them by the end of the block."""
    votes: SimpleQueue[Vote | None] = SimpleQueue()

    def write() -> None:
        with suppress(OSError), pipe:  # the view has ended before the demo
            while vote := votes.get():
                pipe.write(line(vote))

    thread = Thread(target=write, daemon=True)
    thread.start()
    try:
        yield votes.put
    finally:
        votes.put(None)
        thread.join(END_S)


def line(vote: Vote) -> bytes:
    """A vote as the release view reads it."""
    content = {
        "release": vote.release,
        "ok": vote.ok,
        "status": vote.status,
        "ms": round(1000 * vote.seconds),
    }
    why = {} if vote.release else {"why": vote.why}
    return json.dumps(content | why).encode() + b"\n"


def ended(child: Popen[bytes]) -> None:
    """Return once the view has ended, which it does when there are no more votes."""
    try:
        child.wait(END_S)
    except TimeoutExpired:
        child.kill()
        child.wait()


def reason(errors: str) -> str:
    """Why the view did not start, in one line."""
    *_, last = errors.strip().splitlines() or ["it said nothing in time"]
    return last.removeprefix("stage: ")


def free_port() -> int:
    """The usual port, or another one if it is taken."""
    for port in (PORT, 0):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)) as probe:
            return int(probe.getsockname()[1])
    return PORT
