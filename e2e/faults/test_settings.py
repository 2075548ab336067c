"""A wrong or missing setting ends a service with one line that names the variable."""

import os
import socket
import subprocess
import sys

import pytest

GOOD = {
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DATABASE_URL": "postgresql://127.0.0.1:1/x",
    "PROMETHEUS_URL": "http://127.0.0.1:1",
}
OURS = (*GOOD, "RELEASE", "LOG_LEVEL", "BIND_HOST")


def run(service: str, env: dict[str, str]) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "-m", service],
        env=clean | env,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("service", "env", "named"),
    [
        ("vote", {}, "REDIS_URL"),
        ("vote", GOOD | {"VOTE_WORKERS": "many"}, "VOTE_WORKERS"),
        ("vote", GOOD | {"RELEASE": "a b"}, "RELEASE"),
        ("worker", {"REDIS_URL": GOOD["REDIS_URL"]}, "DATABASE_URL"),
        ("worker", {"DATABASE_URL": GOOD["DATABASE_URL"]}, "REDIS_URL"),
        ("worker", GOOD | {"WORKER_BATCH_SIZE": "0"}, "WORKER_BATCH_SIZE"),
        ("apm", {}, "PROMETHEUS_URL"),
        ("apm", GOOD | {"APM_THREADS": "none"}, "APM_THREADS"),
        ("result", {}, "DATABASE_URL"),
        ("result", GOOD | {"RESULT_PORT": "http"}, "RESULT_PORT"),
        ("result", GOOD | {"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
    ],
)
def test_one_line_names_the_variable(service, env, named):
    done = run(service, env)

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{service}: ")
    assert named in line


@pytest.mark.parametrize("service", ["apm", "vote", "worker", "result"])
def test_a_taken_port_is_one_clear_line(service):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(service, GOOD | {f"{service.upper()}_PORT": port, "BIND_HOST": "127.0.0.1"})

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{service}: cannot listen on 127.0.0.1:{port}")
    assert f"{service.upper()}_PORT" in line
