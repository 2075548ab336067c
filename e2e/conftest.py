"""Stories on the whole app; `--on compose` runs them on containers instead of processes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from e2e.containers import ComposeSite
from e2e.sites import LocalSite


def pytest_addoption(parser):
    parser.addoption("--on", choices=["local", "compose"], default="local", help="where the stories run")
    parser.addoption("--pictures", default="test-results/pictures", help="where screenshots go")


@pytest.fixture(autouse=True)
def stay_inside():
    """Stories may use sockets and processes."""


@pytest.fixture(scope="session")
def docker():
    """Require a Docker engine with compose; without it, exit with what is missing."""
    if shutil.which("docker") is None:
        pytest.exit("make e2e needs Docker with compose: install Docker Engine or Docker Desktop", 2)
    asked = subprocess.run(["docker", "info"], capture_output=True, text=True, check=False)
    if asked.returncode:
        pytest.exit("make e2e needs a running Docker engine: start it and check with `docker info`", 2)


@pytest.fixture(scope="module")
def machine(folder):
    """Real Redis and PostgreSQL, and services that a test starts as it needs them."""
    with LocalSite(folder) as site:
        yield site


@pytest.fixture(scope="session")
def compose(docker):
    with ComposeSite() as site:
        yield site


@pytest.fixture(scope="session")
def site(request, tmp_path_factory):
    """The whole app, ready for browsers."""
    if request.config.getoption("on") == "compose":
        yield request.getfixturevalue("compose").start_all()
    else:
        with LocalSite(request.getfixturevalue("session_folder")) as machine:
            yield machine.start_all()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use Chromium from CHROMIUM_PATH, or the system's, or Playwright's."""
    found = os.environ.get("CHROMIUM_PATH") or next(
        (path for path in ("/usr/bin/chromium",) if Path(path).exists()), None
    )
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return browser_type_launch_args | {
        "executable_path": found,
        "args": [*quiet, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Browsers do not trust the local certificate authority; other tests verify the certificate."""
    return browser_context_args | {"ignore_https_errors": True}
