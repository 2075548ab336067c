"""`make run` stops everything it has started, whenever and however the user stops it."""

import socket
import subprocess
import time

import pytest

from e2e.run.terminal import MARK, SHELL, Terminal, marked
from e2e.sites import wait_until
from local.app import ROOT
from local.servers import free_port

STOPPED_WITHIN_S = 5
CTRL_C = b"\x03"


@pytest.fixture
def arguments(folder):
    ports = free_port(), free_port()
    yield [
        *("make", "run", f"LOCAL_DATA={folder / 'data'}"),
        *(f"VOTE_HTTPS_PORT={ports[0]}", f"RESULT_HTTPS_PORT={ports[1]}"),
    ]
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()  # the port is free again


@pytest.mark.parametrize("moment", ["starting Redis", "vote started", "stop     Ctrl-C"])
def test_ctrl_c_at_any_moment(arguments, moment):
    run = Terminal(*arguments)
    run.until(moment)

    pressed = time.monotonic()
    run.press(CTRL_C)
    run.process.wait(timeout=30)

    assert time.monotonic() - pressed < STOPPED_WITHIN_S
    assert run.left() == []
    assert "Traceback" not in run.text


def test_ctrl_c_twice(arguments):
    run = Terminal(*arguments)
    run.until("https started")

    run.press(CTRL_C)
    run.until("sending SIGTERM to https")
    run.press(CTRL_C)
    run.process.wait(timeout=30)

    assert run.left() == []
    assert "Traceback" not in run.text


def test_the_window_is_closed(arguments):
    run = Terminal(*arguments)
    run.until("https started")

    run.close()

    wait_until(lambda: run.left() == [], seconds=STOPPED_WITHIN_S, what="no process is left")
    run.process.wait(timeout=5)


def test_the_output_is_closed(arguments, tmp_path):
    mark = tmp_path.name
    errors = tmp_path / "errors"
    with errors.open("w") as stderr:
        run = subprocess.Popen(
            arguments, cwd=ROOT, env=SHELL | {MARK: mark}, stdout=subprocess.PIPE, stderr=stderr
        )
    run.stdout.readline()
    run.stdout.close()

    wait_until(lambda: marked(mark) == [], what="no process is left")
    run.wait(timeout=5)
    assert "Traceback" not in errors.read_text()
    assert "BrokenPipe" not in errors.read_text()
