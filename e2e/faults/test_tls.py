"""rediss:// and sslmode=verify-full: services verify the certificate and report a problem in one line."""

import asyncio
import json
import ssl

import httpx
import pytest
import trustme
from psycopg.conninfo import conninfo_to_dict
from redis import Redis

from e2e.faults.tally import counted
from e2e.faults.tls import Terminator
from e2e.sites import wait_until
from local.servers import free_port

PASSWORD = "kept-secret"  # noqa: S105 - the logs must not have it


@pytest.fixture(scope="module")
def authority(folder):
    """Two certificate authorities; `ours` signs the servers' certificate, for the name localhost."""
    for name in ("ours", "other"):
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / f"{name}.pem")
        if name == "ours":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def urls(machine, authority, folder):
    """Builds the TLS URLs of both servers, for a host and a certificate authority."""
    with Redis.from_url(machine.redis.url) as server:
        server.config_set("requirepass", PASSWORD)
    socket = f"{conninfo_to_dict(machine.postgres.url)['host']}/.s.PGSQL.5432"
    with (
        Terminator(authority, lambda: asyncio.open_connection("127.0.0.1", machine.redis.port)) as redis,
        Terminator(authority, lambda: asyncio.open_unix_connection(socket), asked_for=True) as postgres,
    ):

        def urls(host: str = "localhost", ca: str = "ours") -> dict[str, str]:
            file = folder / f"{ca}.pem"
            at_redis, at_postgres = (
                f":{PASSWORD}@{host}:{redis.port}",
                f"postgres:{PASSWORD}@{host}:{postgres.port}",
            )
            return {
                "REDIS_URL": f"rediss://{at_redis}/0?ssl_ca_certs={file}",
                "DATABASE_URL": f"postgresql://{at_postgres}/postgres?sslmode=verify-full&sslrootcert={file}",
            }

        yield urls
        machine.stop_all()


def start(machine, service, name, **env):
    """Start one service on a free port; returns its URL once it answers."""
    port = free_port()
    machine.start(service, name, **{f"{service.upper()}_PORT": str(port)}, **env)
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: httpx.get(f"{url}/health", trust_env=False).is_success, what=f"{name} answers")
    return url


def test_votes_are_accepted_counted_and_shown_over_tls(machine, urls):
    started = {
        service: start(machine, service, service, **urls()) for service in ("vote", "worker", "result")
    }
    for url in started.values():
        wait_until(
            lambda url=url: httpx.get(f"{url}/ready", trust_env=False).is_success, what=f"{url} is ready"
        )

    for _ in range(50):
        assert httpx.post(started["vote"], data={"vote": "a"}, trust_env=False).status_code == 200

    wait_until(lambda: len(counted(machine.postgres.url)) == 50, what="every vote is counted")
    results = f"{started['result']}/api/results"
    wait_until(lambda: httpx.get(results, trust_env=False).json()["total"] == 50, what="every vote is shown")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [({"ca": "other"}, "certificate verify failed"), ({"host": "127.0.0.1"}, "127.0.0.1")],
    ids=["authority", "name"],
)
@pytest.mark.parametrize("service", ["vote", "worker", "result"])
def test_a_wrong_certificate_is_one_clear_line_without_the_password(
    machine, urls, folder, service, wrong, reason
):
    name = f"{service}-{'-'.join(wrong)}"
    url = start(machine, service, name, **urls(**wrong))
    log = folder / f"{name}.log"

    wait_until(lambda: reason in log.read_text(), what="the reason is logged")

    assert httpx.get(f"{url}/ready", trust_env=False).status_code == 503
    machine.stop(name)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert any(reason in str(line) for line in lines)
    assert PASSWORD not in log.read_text()
    assert "Traceback" not in log.read_text()
