"""With a wrong or missing setting, a service exits with one line that names it and shows no password."""

import os
import socket
import subprocess
import sys

import pytest

from delivery.domain.services import SERVICES

GOOD = {
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DATABASE_URL": "postgresql://127.0.0.1:1/x",
    "PROMETHEUS_URL": "http://127.0.0.1:1",
    "STAGE_NAMESPACE": "acme-qa",
    "STAGE_APM_URL": "http://127.0.0.1:1",
}
OURS = (*GOOD, "RELEASE", "LOG_LEVEL", "BIND_HOST")
READERS = {
    "REDIS_URL": ("vote", "worker"),
    "DATABASE_URL": ("result", "worker"),
    "PROMETHEUS_URL": ("apm",),
}
MALFORMED = {  # the tests of redis_url.py, database_url.py and apm's config.py have all kinds
    "REDIS_URL": ["redis://:hush@redis:tcp/0", "redis://:100%hush@redis/0"],
    "DATABASE_URL": [
        "postgresql://voting:100%hush@db/votes",
        "postgresql://voting:hush@db/votes?sslmode=hush",
    ],
    "PROMETHEUS_URL": ["http://u:hush@prometheus:tcp", "http://u:100%hush@prometheus"],
}


def run(service: str, env: dict[str, str]) -> str:
    """Start the service with these settings; the one line with which it refuses them."""
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    done = subprocess.run(
        [sys.executable, "-m", service],
        env=clean | env,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{service}: ")
    return line


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
        ("apm", GOOD | {"APM_WORKERS": "none"}, "APM_WORKERS"),
        ("stage", {}, "STAGE_NAMESPACE"),
        ("stage", GOOD | {"STAGE_FRONT_DOOR": "traefik"}, "STAGE_FRONT_DOOR"),
        ("result", {}, "DATABASE_URL"),
        ("result", GOOD | {"RESULT_PORT": "http"}, "RESULT_PORT"),
        ("result", GOOD | {"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
    ],
)
def test_one_line_names_the_variable(service, env, named):
    assert named in run(service, env)


@pytest.mark.parametrize(
    ("service", "variable", "url"),
    [
        (service, variable, url)
        for variable, services in READERS.items()
        for service in services
        for url in MALFORMED[variable]
    ],
)
def test_a_malformed_url_is_refused_without_showing_its_password(service, variable, url):
    line = run(service, GOOD | {variable: url})

    assert variable in line
    assert "hush" not in line


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("no-such-host.invalid", ""),  # the message depends on the resolver
        ("192.0.2.1", "Cannot assign requested address"),
        ("a..b", "not a valid host name"),
    ],
)
def test_an_unusable_bind_address_is_one_clear_line(service, host, reason):
    port = f"{service.upper()}_PORT"

    line = run(service, GOOD | {"BIND_HOST": host, port: "8080"})

    assert line.startswith(f"{service}: cannot listen on {host}:8080 (BIND_HOST, {port}): {reason}")
    assert "Unknown error" not in line


@pytest.mark.parametrize("host", ["127.0.0.1", "::"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_taken_port_is_one_clear_line(service, host):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = run(service, GOOD | {f"{service.upper()}_PORT": port, "BIND_HOST": host})

    shown = f"[{host}]" if ":" in host else host
    why = f"(BIND_HOST, {service.upper()}_PORT): Address already in use"
    assert line == f"{service}: cannot listen on {shown}:{port} {why}"
