"""`make setup` asks the package index that pip is told of, and ends in one line when it cannot."""

import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from e2e.run.checkout import copy
from local.app import ROOT

OTHERS = ("PIP_", "UV_", "MAKE", "VIRTUAL_ENV")  # what this machine says about indexes and environments
SECRET = "hunter2"  # noqa: S105 - nobody else has it
UV = Path(sys.executable).with_name("uv")


@pytest.fixture
def mirror():
    """An index that has no package: its address, and which paths were asked."""
    asked = []

    class Mirror(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://us:{SECRET}@127.0.0.1:{server.server_port}/company/simple", asked
        server.shutdown()
        thread.join()


def setup(
    home: Path, python: str = sys.executable, what: str = "setup", **env: str
) -> subprocess.CompletedProcess:
    """`make` in this checkout, with these variables and the machine's own pip settings left out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
    return subprocess.run(
        ["make", what, f"PYTHON={python}"],
        cwd=home,
        env=kept | {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"} | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("told_by", "has_uv"),
    [("PIP_INDEX_URL", True), ("pip.conf", True), ("pip.conf", False), ("UV_DEFAULT_INDEX", False)],
)
def test_the_index_of_a_company_is_asked_and_named_in_one_line(tmp_path, mirror, told_by, has_uv):
    index, asked = mirror
    home = copy(tmp_path / "checkout")
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {index}\n")
    told = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")} if told_by == "pip.conf" else {told_by: index}
    (tmp_path / "bin").mkdir()
    if has_uv:
        (tmp_path / "bin/uv").symlink_to(UV)

    done = setup(home, PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin", **told)

    assert done.returncode == 2
    assert asked
    assert all(path.startswith("/company/simple/") for path in asked)
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("setup: could not install")]
    assert "PIP_INDEX_URL" in line
    assert SECRET not in done.stdout + done.stderr


ELSEWHERE = {
    **dict.fromkeys(
        ("PIP_PYTHON", "PIP_REQUIREMENT", "UV_BUILD_CONSTRAINT", "UV_CONSTRAINT"), "/nonexistent"
    ),
    **dict.fromkeys(("UV_EXCLUDE", "UV_OVERRIDE", "UV_PROJECT", "UV_WORKING_DIR"), "/nonexistent"),
    "PIP_DRY_RUN": "1",
    "UV_REQUIRE_HASHES": "1",
}


@pytest.mark.parametrize("has_uv", [True, False])
def test_what_other_projects_tell_pip_and_uv_does_not_count(tmp_path, mirror, has_uv):
    index, asked = mirror
    home = copy(tmp_path / "checkout")
    (tmp_path / "bin").mkdir()
    if has_uv:
        (tmp_path / "bin/uv").symlink_to(UV)

    done = setup(home, PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin", PIP_INDEX_URL=index, **ELSEWHERE)

    assert done.returncode == 2
    assert asked, done.stderr


def test_our_own_packages_need_no_hashes():
    install = (
        '. local/uv.sh; exec "$uv" pip install --dry-run --no-deps --no-build-isolation --python "$0" -e apm'
    )

    subprocess.run(["sh", "-c", install, sys.executable], cwd=ROOT, env=os.environ | ELSEWHERE, check=True)


def test_a_shell_that_talks_is_not_taken_for_python(installs, tmp_path):
    home, times, env = installs
    (tmp_path / "talks").write_text("echo good morning\n")
    python = tmp_path / "python"  # as pyenv has it
    python.write_text(f'#!/bin/bash\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (home / "local/setup.sh").write_text(
        'mkdir -p .venv && [ "$("$PYTHON" -c "print(1)")" = 1 ] && echo >>"$RAN"'
    )

    assert setup(home, str(python), BASH_ENV=str(tmp_path / "talks"), **env).returncode == 0

    assert times() == 1


@pytest.fixture
def installs(tmp_path):
    """A checkout whose setup only says that it ran: the folder, and how often."""
    home = copy(tmp_path / "checkout")
    (home / "local/setup.sh").write_text(
        'mkdir -p .venv/bin && ln -sf "$PYTHON" .venv/bin/python && echo >>"$RAN"'
    )
    ran = tmp_path / "ran"
    return home, lambda: len(ran.read_text()), {"RAN": str(ran)}


def test_it_installs_once_even_when_a_clock_was_ahead(installs):
    home, times, env = installs
    os.utime(home / "vote/pyproject.toml", (time.time() + 900,) * 2)

    assert [setup(home, **env).returncode for _ in range(2)] == [0, 0]

    assert times() == 1


def test_it_installs_anew_where_the_folder_was_moved_and_where_a_dependency_changed(installs):
    home, times, env = installs
    setup(home, **env)

    moved = home.rename(home.with_name("moved (2)"))
    setup(moved, **env)
    assert times() == 2

    os.utime(moved / "vote/pyproject.toml", (time.time() + 900,) * 2)
    setup(moved, **env)
    assert times() == 3


@pytest.mark.parametrize("what", ["lint", "test", "e2e", "e2e-pipeline"])
def test_what_needs_git_says_so_in_a_zip_before_it_installs(installs, what):
    home, times, env = installs

    done = setup(home, what=what, **env)

    assert done.returncode == 2
    line, _ = done.stderr.splitlines()  # make's own is the last
    assert "needs a git checkout, not a ZIP: clone the repository" in line
    with pytest.raises(FileNotFoundError):
        times()


def test_lock_without_uv_says_where_to_get_it(tmp_path):
    home = copy(tmp_path / "checkout")

    done = subprocess.run(
        ["sh", "requirements/lock.sh"],
        cwd=home,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == "lock: no uv here; make setup brings one where the machine has none\n"
