"""`python -m stage --replay`: a replay needs nothing but Python, and every error is one line."""

import os
import signal
import subprocess
import sys
import time

import httpx
import pytest

from local.servers import free_port

from . import bad_release

pytestmark = pytest.mark.servers


@pytest.fixture
def recording(tmp_path, told):
    return bad_release.write(tmp_path / "bad.jsonl", told)


def start(*arguments):
    """The command, on a machine whose PATH has no docker, no kind and no kubectl."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "stage", *arguments],
        env=os.environ | {"PATH": "/nonexistent", "KUBECONFIG": "/nonexistent"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def follow_to_its_end(lines):
    for received in lines:
        if received.startswith("data: ") and '"event":"end"' in received:
            return


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_recording_is_played_from_its_beginning_when_the_page_is_opened(recording, stop):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = start("--replay", str(recording), "--speed", "60", "--port", str(port))
    line = process.stdout.readline()
    assert (
        line == f"stage: http://localhost:{port} plays {recording} as soon as you open it; Ctrl-C ends it\n"
    )
    assert httpx.get(f"{url}/api/state").json()["session"] is None, "it waits for the first viewer"
    began = time.monotonic()
    with httpx.stream("GET", f"{url}/events", timeout=10) as answer:
        lines = answer.iter_lines()
        follow_to_its_end(lines)
        assert 0.9 < time.monotonic() - began < 5, "a minute at sixty times the speed"
        state = httpx.get(f"{url}/api/state").json()
        assert state["abort"]["release"] == bad_release.CANARY
        began = time.monotonic()
        assert httpx.post(f"{url}/api/again").is_success
        follow_to_its_end(lines)
        assert 0.9 < time.monotonic() - began < 5, "again, at the same speed"
    assert httpx.get(f"{url}/api/state").json() == state
    with httpx.stream("GET", f"{url}/events"):
        process.send_signal(stop)
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (
            ["--replay", "gone.jsonl"],
            "stage: cannot read the recording gone.jsonl: No such file or directory",
        ),
        (["--replay", "x", "--port", "0"], "stage: STAGE_PORT must be a number from 1 to 65535, not '0'"),
        (["--replay", "x", "--speed", "fast"], "stage: SPEED must be a number from 0.1 to 1000, not 'fast'"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments, reason):
    process = start(*arguments)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (2, f"{reason}\n")


def test_a_taken_port_is_named(recording):
    port = free_port()
    first = start("--replay", str(recording), "--port", str(port))
    first.stdout.readline()
    second = start("--replay", str(recording), "--port", str(port))
    _, errors = second.communicate(timeout=20)
    assert second.returncode == 2
    assert f"stage: port {port} cannot be used (Address already in use); choose another" in errors
    first.terminate()
    first.communicate(timeout=10)
