"""The start of each service: modules are imported once, every process serves, and stderr is empty."""

import contextlib
import os
import re
import subprocess
import sys

import httpx
import psutil
import pytest

from delivery.domain.services import SERVICES
from e2e.sites import wait_until
from local.servers import free_port

SEVERAL = {"VOTE_WORKERS": "4", "RESULT_WORKERS": "2"}
IMPORT = re.compile(r"^import time:.*\| +(\S+)$", re.MULTILINE)


@pytest.fixture
def start(machine, folder):
    """Starts `python -m SERVICE` on a free port; returns its process, its port, and its stderr file."""
    with contextlib.ExitStack() as stack:

        def start(service: str, address: str = "127.0.0.1", **env: str):
            port, errors = free_port(), folder / f"{service}.err"
            settings = {
                "REDIS_URL": machine.redis.url,
                "DATABASE_URL": machine.postgres.url,
                "PROMETHEUS_URL": "http://127.0.0.1:1",
                "STAGE_NAMESPACE": "acme-qa",
                "STAGE_APM_URL": "http://127.0.0.1:1",
                "BIND_HOST": "127.0.0.1",
                f"{service.upper()}_PORT": str(port),
            }
            err = stack.enter_context(errors.open("w"))
            process = subprocess.Popen(
                [sys.executable, "-m", service],
                env=os.environ | settings | SEVERAL | env,
                stdout=subprocess.DEVNULL,
                stderr=err,
            )
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)
            wait_until(lambda: answers(address, port), what=f"{service} answers on {address}")
            return process, port, errors

        yield start


def answers(address: str, port: int) -> bool:
    return httpx.get(f"http://{address}:{port}/health").is_success


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_written_on_stderr(start, service):
    process, _, errors = start(service)

    process.terminate()

    assert process.wait(10) == 0
    assert errors.read_text() == ""


# A slow fork, as in gunicorn: until the child has its own handlers, those of the parent would lose a signal.
FORKED = """
import importlib, os, signal, sys, time
importlib.import_module(sys.argv[1] + ".gunicorn_conf")
signal.signal(signal.SIGTERM, lambda *_: None)
child = os.fork()
if child:
    os.kill(child, signal.SIGTERM)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
end = time.monotonic() + 5
while signal.SIGTERM not in signal.sigpending() and time.monotonic() < end:
    time.sleep(0.01)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
os._exit(1)
"""


@pytest.mark.parametrize("service", ["vote", "result", "apm"])
def test_a_stop_while_a_process_is_forked_is_not_lost(machine, service):
    env = {
        "REDIS_URL": machine.redis.url,
        "DATABASE_URL": machine.postgres.url,
        "PROMETHEUS_URL": "http://127.0.0.1:1",
    }
    done = subprocess.run(
        [sys.executable, "-c", FORKED, service],
        env=os.environ | env,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_every_module_is_imported_once_for_all_processes(start, service):
    process, _, errors = start(service, PYTHONPROFILEIMPORTTIME="1")
    process.terminate()
    process.wait(10)

    imported = [name for name in IMPORT.findall(errors.read_text()) if name.split(".")[0] == service]

    assert len(imported) > 3
    assert sorted(imported) == sorted(set(imported))


@pytest.mark.parametrize("service", ["vote", "result"])
def test_a_killed_process_is_replaced(start, service):
    """State that is shared by fork also works in a process that is forked later."""
    process, port, _ = start(service)
    expected = int(SEVERAL[f"{service.upper()}_WORKERS"])

    def processes() -> set[psutil.Process]:
        return set(psutil.Process(process.pid).children())

    wait_until(lambda: len(processes()) == expected, what="all have started")
    before = processes()
    for child in before:
        child.kill()

    wait_until(lambda: len(processes() - before) == expected, what="all are replaced")
    wait_until(lambda: answers("127.0.0.1", port), what=f"{service} answers again")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("::", ["127.0.0.1", "[::1]"]),
        ("::1", ["[::1]"]),
        ("0.0.0.0", ["127.0.0.1"]),  # noqa: S104 - as in the containers
        ("localhost", ["127.0.0.1"]),
    ],
)
def test_it_listens_on_every_kind_of_address(start, service, host, addresses):
    _, port, _ = start(service, addresses[0], BIND_HOST=host)

    assert all(answers(address, port) for address in addresses)
