"""What all tests share: unit tests stay inside their process, tests marked `servers` use real servers."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from delivery.adapters.git_environment import environment

# Imported here so that pytest, naming vote/tests/conftest.py after its path, finds the installed
# packages under these names and does not take the folders vote/, worker/, ... for packages.
PACKAGES = [import_module(path.parent.name) for path in Path(__file__).parent.glob("*/src/*/__init__.py")]
# What tests ask is on this machine: never through a proxy, which docker and git may need all the same.
for variable in ("no_proxy", "NO_PROXY"):
    os.environ[variable] = f"{os.environ.get(variable, '')},localhost,.localhost,127.0.0.1,::1".lstrip(",")
# Nor of another repository: git tells its hooks which one to work on, and that is not the tests' own.
for variable in [name for name, value in environment(os.environ).items() if value is None]:
    del os.environ[variable]
assert all(package.__file__ for package in PACKAGES), "run `make setup` first"


@pytest.fixture(autouse=True)
def stay_inside(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unit tests cannot open sockets or start processes; `@pytest.mark.servers` says that a test may."""
    if request.node.get_closest_marker("servers"):
        return
    request.getfixturevalue("socket_disabled")

    def refuse(*args: object, **_: object) -> None:
        pytest.fail(f"a unit test tried to start a process: {args}")

    monkeypatch.setattr(subprocess, "Popen", refuse)


@contextmanager
def _folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="votes-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """An empty folder that other system users may enter: as root, PostgreSQL runs as another one."""
    with _folder() as path:
        yield path


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """The same, for the whole run."""
    with _folder() as path:
        yield path
