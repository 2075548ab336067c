"""Runs services side by side, with their output on one terminal, until one ends or the user stops them."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import RLock, Thread

from local.app import Service

PATIENCE_S = 3  # then SIGKILL: a stop takes less than five seconds, even if a service hangs
COLOURS = {"vote": 36, "worker": 33, "result": 32, "https": 35}


class Runner:
    """Starts services and stops them together; no process is left behind, whenever the user stops it."""

    def __init__(self) -> None:
        self.stopping = False
        # A service that has ended, or None: the user stops.
        self._events: SimpleQueue[tuple[str, int] | None] = SimpleQueue()
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._lock = RLock()
        colours = sys.stdout and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._colours = COLOURS if colours and not os.environ.get("NO_COLOR") else {}
        if sys.stdout:
            sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal may lack characters
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if (
                number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
            ):  # nohup make run
                signal.signal(number, lambda *_: self.stop())

    def stop(self) -> None:
        """Request a stop; a second request kills what is still running. Safe in signal handlers."""
        self.stopping = True
        self._events.put(None)

    def say(self, text: str) -> None:
        """Print; stop if the output is closed (`make run | head`, a closed terminal)."""
        try:
            with self._lock:
                print(text, flush=True)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            self.stop()

    def _line(self, name: str, text: str) -> None:
        head = f"{time.strftime('%H:%M:%S')} {name:<6} | "
        colour = self._colours.get(name)
        self.say((f"\033[{colour}m{head}\033[0m" if colour else head) + text.rstrip())

    def start(self, service: Service) -> None:
        """Start one service, unless a stop was requested."""
        if self.stopping:
            return
        process = service.popen(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._running[service.name] = process
        self._line("system", f"{service.name} started (pid={process.pid})")
        reader = Thread(target=self._read, args=(service.name, process), daemon=True)
        reader.start()
        Thread(target=self._wait, args=(service.name, process, reader), daemon=True).start()

    def _read(self, name: str, process: "subprocess.Popen[str]") -> None:
        for line in process.stdout or ():
            self._line(name, line)

    def _wait(self, name: str, process: "subprocess.Popen[str]", reader: Thread) -> None:
        code = process.wait()
        reader.join(timeout=1)  # a child of the service may keep the pipe open
        self._events.put((name, code))

    def wait(self) -> int:
        """Wait until all have ended; 0 if the user stopped them, else the exit code of the first, or 1."""
        first: int | None = None
        deadline: float | None = None  # set when the others are told to stop
        while self._running:
            try:
                patience = None if deadline is None else max(0.0, deadline - time.monotonic())
                event = self._events.get(timeout=patience)
            except Empty:
                event = None
            if event:
                name, code = event
                del self._running[name]
                self._line("system", f"{name} stopped (rc={code})")
                first = code if first is None else first
            if deadline is None:
                deadline = time.monotonic() + PATIENCE_S
                self._signal(signal.SIGTERM)
            elif not event:
                deadline = time.monotonic() + PATIENCE_S
                self._signal(signal.SIGKILL)
        return 0 if self.stopping else max(first or 1, 1)

    def _signal(self, number: signal.Signals) -> None:
        for name, process in self._running.items():
            self._line("system", f"sending {number.name} to {name} (pid {process.pid})")
            if number is signal.SIGKILL:
                with suppress(ProcessLookupError):  # it has ended in the meantime
                    os.killpg(process.pid, number)  # with its children
            else:
                process.send_signal(number)
