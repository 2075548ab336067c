"""Fixtures of all tests: unit tests stay inside their process; tests marked `servers` use real servers."""

import io
import json
import logging
import logging.config
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from delivery.adapters.git_environment import environment

# Imported here so that `vote`, `worker`, ... are the installed packages. pytest names vote/tests/conftest.py
# after its path, and would otherwise take the folders vote/, worker/, ... for packages.
PACKAGES = [import_module(path.parent.name) for path in Path(__file__).parent.glob("*/src/*/__init__.py")]
# Tests connect to this machine only, never through a proxy; docker and git may still need the proxy.
for variable in ("no_proxy", "NO_PROXY"):
    os.environ[variable] = f"{os.environ.get(variable, '')},localhost,.localhost,127.0.0.1,::1".lstrip(",")
# git sets variables for its hooks that name a repository, which is not the one the tests work on.
for variable in [name for name, value in environment(os.environ).items() if value is None]:
    del os.environ[variable]
assert all(package.__file__ for package in PACKAGES), "run `make setup` first"


@pytest.fixture(autouse=True)
def stay_inside(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid sockets and processes in unit tests; tests marked `@pytest.mark.servers` may use them."""
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
    """An empty folder that other users may enter: if we are root, PostgreSQL runs as another user."""
    with _folder() as path:
        yield path


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """The same, for the whole test session."""
    with _folder() as path:
        yield path


@pytest.fixture
def logged(request: pytest.FixtureRequest) -> Iterator[Callable[[], list[dict[str, str]]]]:
    """The log lines that the handler of the test's service writes, parsed."""
    service = request.path.parents[1].name
    stream = io.StringIO()
    configuration = import_module(f"{service}.logs").configuration(service, "r1", "INFO")
    configuration["handlers"]["stdout"]["stream"] = stream
    loggers = [logging.getLogger(name) for name in (None, *configuration["loggers"])]
    before = [(logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers[:], logger.level, logger.propagate = handlers, level, propagate
