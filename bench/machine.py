"""Real servers and processes for one part of the bench; a Machine stops everything it has started."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from local.servers import Postgres, Redis, free_port

ROOT = Path(__file__).parents[1]
LIMIT_S = 60.0


class FailedError(Exception):
    """A measurement failed; the message says why."""


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = LIMIT_S) -> None:
    """Return as soon as the condition holds, else raise FailedError."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise FailedError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.02)  # between two checks


class Machine:
    """Runs the processes of one part of the bench, each in its own session, so that no child outlives it."""

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)  # as root, PostgreSQL runs as another system user
        self.env = {**os.environ, "BIND_HOST": "127.0.0.1"}
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def redis(self) -> str:
        """Start Redis, which writes every vote to disk before it answers, as in our deployments; its URL."""
        self.env["REDIS_URL"] = self._stack.enter_context(Redis(self.folder / "redis")).url
        return self.env["REDIS_URL"]

    def postgres(self) -> str:
        """Start PostgreSQL with its default settings; its URL."""
        self.env["DATABASE_URL"] = self._stack.enter_context(Postgres(self.folder / "postgres")).url
        return self.env["DATABASE_URL"]

    @contextmanager
    def running(self, module: str, *arguments: str, **env: str) -> Iterator[subprocess.Popen]:
        """Run `python -m module` until the block ends."""
        with (self.folder / f"{module}.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=self.env | env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process
        except FailedError as error:
            ended = "" if process.poll() is None else f"; {module} ended: {self.log(module)}"
            raise FailedError(f"{error}{ended}") from error
        finally:
            stop(process)

    @contextmanager
    def serving(self, module: str, *arguments: str, path: str, **env: str) -> Iterator[int]:
        """Run a web service until the block ends; its port, once GET `path` answers 200."""
        port = free_port()
        filled = [argument.format(port=port) for argument in arguments]
        ports = {name: str(port) for name in ("VOTE_PORT", "WORKER_PORT", "RESULT_PORT")}
        with self.running(module, *filled, **ports, **env) as process:
            wait_until(
                lambda: process.poll() is not None or is_ok(f"http://127.0.0.1:{port}{path}"),
                f"{module} answers",
            )
            if process.poll() is not None:
                raise FailedError(f"{module} did not start")
            yield port

    def gunicorn(self, app: str, *flags: str) -> AbstractContextManager[int]:
        """Run an app of the baseline until the block ends; its port."""
        return self.serving(
            "gunicorn",
            "--bind=127.0.0.1:{port}",
            "--no-control-socket",
            "--worker-tmp-dir=/dev/shm",
            *flags,
            app,
            path="/",
        )

    def ask(self, module: str, *arguments: object) -> Any:
        """Run `python -m module` until it ends; the JSON that it printed."""
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            output, errors = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            raise FailedError(f"{module} took more than {LIMIT_S:.0f} s") from None
        finally:
            stop(process)
        if process.returncode:
            raise FailedError(errors.strip()[-500:])
        return json.loads(output)

    def log(self, module: str) -> str:
        """The end of a process's log."""
        return (self.folder / f"{module}.log").read_text()[-500:]


def is_ok(url: str) -> bool:
    """Whether GET answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def stop(process: subprocess.Popen) -> None:
    """Stop a process with SIGTERM; after ten seconds, kill it and its children."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
