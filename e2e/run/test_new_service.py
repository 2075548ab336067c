"""`make service NAME=madeup`: a service that passes lint, its tests, and the tests for all services."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from e2e.run.checkout import with_packages
from e2e.run.test_make_run import Run
from e2e.sites import wait_until
from local.app import ROOT
from local.servers import free_port

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]
# The tests that hold for every service.
OF_ALL = ["copies", "services", "readme", "compose_file", "deployments", "images"]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Another checkout with the programs that are installed here."""
    home = with_packages(tmp_path_factory.mktemp("new-service") / "checkout")
    for program in Path(sys.executable).parent.iterdir():
        if not (home / ".venv/bin" / program.name).exists():
            (home / ".venv/bin" / program.name).symlink_to(program)
    subprocess.run(["git", "init", "--quiet"], cwd=home, check=True)
    return home


def make(home: Path, *what: str) -> subprocess.CompletedProcess:
    return subprocess.run(["make", *what], cwd=home, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "NAME must be lower-case letters"),
        ("Madeup", "NAME must be lower-case letters"),
        ("vote", "vote is taken"),
        ("json", "json is taken"),
        ("log", "log already occurs"),
    ],
)
def test_an_unusable_name_is_refused_in_one_line(home, name, why):
    done = make(home, "service", f"NAME={name}")

    assert done.returncode == 2
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("service: ")]
    assert why in line


@pytest.fixture(scope="module")
def made(home) -> Path:
    """The same checkout with the service, installed."""
    done = make(home, "service", "NAME=madeup")
    assert done.returncode == 0, done.stderr
    packages = next((home / ".venv").glob("lib/python3*/site-packages")) / "borrowed.pth"
    packages.write_text(f"{home / 'madeup/src'}\n{packages.read_text()}")
    (home / ".venv/.installed").touch()  # make would install it
    return home


def test_make_run_starts_it(made, folder):
    run = Run(folder / "data", free_port(), free_port(), home=made)
    try:
        run.ready()
        (port,) = {
            each.environ()["MADEUP_PORT"] for each in run.family() if each.cmdline()[-2:] == ["-m", "madeup"]
        }
        wait_until(
            lambda: httpx.get(f"http://127.0.0.1:{port}/health").json() == {"status": "ok"}, what="it lives"
        )
    finally:
        run.interrupt()


def test_a_new_service_passes_lint_and_tests(made):
    linted = make(made, "lint")
    tested = subprocess.run(
        [made / ".venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "madeup/tests"]
        + [f"e2e/test_{each}.py" for each in OF_ALL]
        + ["e2e/faults/test_settings.py", "e2e/faults/test_start.py", "-k", "not faults or madeup"],
        cwd=made,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert not (ROOT / "madeup").exists()
