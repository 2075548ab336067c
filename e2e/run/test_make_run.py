"""`make run` for a new user: it starts, keeps votes, stops cleanly, and explains errors."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from e2e.run.terminal import SHELL
from e2e.sites import Site, wait_until
from local.app import ROOT
from local.servers import free_port

READY_WITHIN_S = 10
STOPPED_WITHIN_S = 5
STOPPED = (0, -signal.SIGINT)  # the second if make handles Ctrl-C before its child has ended
LABELS = ("vote", "results", "trust")  # printed one per line


class Run:
    """One `make run` in a new session, as a terminal starts it."""

    def __init__(self, data: Path, *ports: int, home: Path = ROOT) -> None:
        self.data = data
        self.log = data.with_suffix(".log")
        self.started = time.monotonic()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [
                    *("make", "run", f"LOCAL_DATA={data}"),
                    *(f"VOTE_HTTPS_PORT={ports[0]}", f"RESULT_HTTPS_PORT={ports[1]}"),
                ],
                cwd=home,
                env=SHELL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self) -> Site:
        """Wait until it has printed its URLs."""
        wait_until(lambda: "stop     Ctrl-C" in self.log.read_text(), what="it prints its URLs")
        text = self.log.read_text()
        vote, results, authority = (re.search(rf"^  {name} +(\S+)", text, re.MULTILINE)[1] for name in LABELS)
        return Site(vote, results, Path(authority).read_text())

    def family(self) -> list[psutil.Process]:
        """Every process it has started; PostgreSQL is in another session and found by its pid file."""
        postgres = int((self.data / "postgres/postmaster.pid").read_text().split()[0])
        return [*psutil.Process(self.process.pid).children(recursive=True), psutil.Process(postgres)]

    def interrupt(self) -> int:
        """Press Ctrl-C, which a terminal sends to the whole process group; returns the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=30)


def alive(process: psutil.Process) -> bool:
    """Whether a process is still running; a zombie is not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def ports():
    return free_port(), free_port()


def test_it_starts_keeps_votes_and_stops_everything(folder, ports):
    first = Run(folder / "data", *ports)
    site = first.ready()
    ready_s = time.monotonic() - first.started
    with site.client() as browser:
        assert browser.post("/", data={"vote": "a"}).status_code == 200
    wait_until(lambda: site.total() == 1, what="the vote is counted")
    family = first.family()
    assert len(family) > 8

    asked = time.monotonic()
    code = first.interrupt()
    stopped_s = time.monotonic() - asked

    assert [process for process in family if alive(process)] == []
    assert code in STOPPED, first.log.read_text()
    assert "Traceback" not in first.log.read_text()
    assert stopped_s < STOPPED_WITHIN_S
    assert ready_s < READY_WITHIN_S

    second = Run(folder / "data", *ports)
    assert second.ready().total() == 1
    assert second.interrupt() in STOPPED


def test_a_service_that_hangs_does_not_delay_the_stop(folder, ports):
    run = Run(folder / "hangs", *ports)
    run.ready()
    family = run.family()
    (worker,) = (process for process in family if process.cmdline()[-2:] == ["-m", "worker"])
    worker.suspend()

    asked = time.monotonic()
    run.interrupt()

    assert time.monotonic() - asked < STOPPED_WITHIN_S
    assert [process for process in family if alive(process)] == []


def test_a_second_run_on_the_same_data_is_refused(folder, ports):
    run = Run(folder / "shared", *ports)
    run.ready()
    try:
        second = subprocess.run(
            ["make", "run", f"LOCAL_DATA={folder / 'shared'}", f"VOTE_HTTPS_PORT={free_port()}"],
            cwd=ROOT,
            env=SHELL | {"RESULT_HTTPS_PORT": str(free_port())},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        clean = subprocess.run(
            ["make", "clean", f"LOCAL_DATA={folder / 'shared'}"],
            cwd=ROOT,
            env=SHELL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        run.interrupt()
    for refused, who in ((second, "run"), (clean, "clean")):
        assert refused.returncode != 0
        assert f"{who}: another `make run` uses shared/" in refused.stderr
        assert "Traceback" not in refused.stderr
    assert (folder / "shared").exists()


def test_a_taken_port_is_one_line_that_says_what_to_do(folder, ports):
    with socket.create_server(("127.0.0.1", ports[0])):
        run = Run(folder / "never", *ports)
        assert run.process.wait(timeout=30) != 0

    first = run.log.read_text().splitlines()[0]
    assert first.startswith(f"run: port {ports[0]} cannot be used")
    assert "VOTE_HTTPS_PORT=" in first
    assert not (folder / "never").exists()


def test_an_invalid_port_is_named(folder):
    run = Run(folder / "never", 70000, 8444)

    assert run.process.wait(timeout=30) != 0
    assert "VOTE_HTTPS_PORT must be a port number" in run.log.read_text().splitlines()[0]


@pytest.mark.parametrize(
    ("python", "said"),
    [("no-such-python", "install Python 3.11 or newer"), ("old-python", "Python 3.10.1 is too old")],
)
def test_a_wrong_python_is_one_line_that_says_what_to_do(tmp_path, python, said):
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\n[ $1 = --version ] && echo Python 3.10.1\nexit 1\n")
    old.chmod(0o755)

    done = subprocess.run(
        ["sh", ROOT / "local/setup.sh"],
        env=os.environ | {"PYTHON": python, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert said in line
