"""Runs a command on a real terminal, and finds every process that it starts."""

import fcntl
import os
import pty
import secrets
import subprocess
import termios
from pathlib import Path
from threading import Thread

import psutil

from e2e.sites import wait_until
from local.app import ROOT

# Without the variables of an outer make.
SHELL = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
MARK = "MARK_OF_TEST_RUN"


class Terminal:
    """`make run` as the foreground job of a new terminal."""

    def __init__(self, *command: str, cwd: Path = ROOT, **env: str) -> None:
        self.mark = secrets.token_hex(8)
        self.text = ""
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env=SHELL | env | {MARK: self.mark},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - the only way to set a controlling terminal
        )
        os.close(theirs)
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            while data := os.read(self._ours, 4096):
                self.text += data.decode(errors="replace")
        except OSError:
            return  # the last process on the terminal has ended

    def until(self, text: str) -> None:
        """Wait until the terminal shows this."""
        wait_until(
            lambda: text in self.text or self.process.poll() is not None, what=f"{text!r} in {self.text!r}"
        )
        assert text in self.text, self.text

    def press(self, key: bytes) -> None:
        """Press a key, b"\\x03" for Ctrl-C."""
        os.write(self._ours, key)

    def close(self) -> None:
        """Close the terminal window."""
        os.close(self._ours)

    def left(self) -> list[str]:
        """The processes it has started that are still running, detached or not."""
        return marked(self.mark)


def marked(mark: str) -> list[str]:
    """The running processes that inherited this mark."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue  # it has ended, or belongs to another user
    return found
