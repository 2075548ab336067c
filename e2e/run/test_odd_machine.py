"""`make run` in a folder with spaces, from a shell whose settings are for other programs."""

import socket
import ssl

import pytest

from e2e.run.checkout import with_packages
from e2e.run.terminal import Terminal
from local.app import localhost
from local.servers import free_port

NOWHERE = "http://127.0.0.1:9"  # a proxy that refuses
SHELL = {
    "http_proxy": NOWHERE,
    "https_proxy": NOWHERE,
    "ALL_PROXY": NOWHERE,
    "NO_PROXY": "",
    "HOME": "/nonexistent",
    "XDG_RUNTIME_DIR": "/nonexistent",
    "TMPDIR": "/nonexistent",
    "SSLKEYLOGFILE": "/nonexistent/keys",
    "SSL_CERT_FILE": "/nonexistent",
    "OPENSSL_CONF": "/nonexistent",
    "TERM": "dumb",
    "LANG": "C",
    "LC_ALL": "xx_YY.ISO-8859-1",
    "TZ": "Nowhere/City",
    "CDPATH": "/usr:/",
    "MAKEFLAGS": "-j8",
    "VIRTUAL_ENV": "/nonexistent",
    "PYTHONHOME": "/nonexistent",
    "PYTHONWARNINGS": "error",
    "PYTHONIOENCODING": "ascii",
    "PYTHONINSPECT": "1",
    "PGHOST": "db.invalid",
    "PGPORT": "1",
    "PGUSER": "somebody",
    "PGDATABASE": "elsewhere",
    "PGOPTIONS": "-c nonsense=1",
    "PGSSLMODE": "verify-full",
    "PGDATA": "/nonexistent",
    "REDIS_URL": "redis://redis.invalid",
    "DATABASE_URL": "postgresql://db.invalid/votes",
    "BIND_HOST": "192.0.2.1",
    "RELEASE": "my release 1.0",
    "VOTE_PORT": "1",
    "VOTE_UPSTREAM_HOST": "vote.invalid",
    "FLASK_DEBUG": "1",
    "FLASK_APP": "other.py",
    "GUNICORN_CMD_ARGS": "--workers=99 --bind=127.0.0.1:1",
    "WEB_CONCURRENCY": "99",
    "PROMETHEUS_MULTIPROC_DIR": "/nonexistent",
}


@pytest.fixture
def run(folder):
    home = with_packages(folder / "my app (2), 100% ü & 'co'")
    others = folder / "others"
    others.mkdir()
    for module in ("flask", "local", "redis", "sitecustomize"):
        (others / f"{module}.py").write_text("raise SystemExit('somebody else's module')")
    ports = free_port(), free_port()
    command = (
        f"umask 077; ulimit -n 256; exec make run VOTE_HTTPS_PORT={ports[0]} RESULT_HTTPS_PORT={ports[1]} <&-"
    )
    run = Terminal("sh", "-c", command, cwd=home, **SHELL, PYTHONPATH=str(others))
    yield run, ports
    run.press(b"\x03")
    run.process.wait(timeout=30)
    assert run.left() == []


def ask(address: str, port: int, lines: str) -> str:
    """The page's response to one request; other tests verify its certificate."""
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((address, port), timeout=10) as connection,
        trust.wrap_socket(connection, server_hostname="localhost") as page,
    ):
        page.sendall(lines.encode())
        return b"".join(iter(lambda: page.recv(4096), b"")).decode()


def test_it_runs_and_accepts_votes_over_ipv4_and_ipv6(run):
    terminal, (vote, _) = run

    terminal.until("stop     Ctrl-C")

    body = "vote=a"
    head = f"Host: localhost:{vote}\r\nConnection: close\r\nAccept: application/json\r\n"
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    for address in localhost():
        answer = ask(address, vote, f"POST / HTTP/1.1\r\n{head}{form}\r\n{body}")
        assert answer.startswith("HTTP/1.1 200 "), answer
    assert "Traceback" not in terminal.text
    assert "\x1b[" not in terminal.text
