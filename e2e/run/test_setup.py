"""`make setup` uses the package index that pip is configured for, and reports failures in one line."""

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

OTHERS = ("PIP_", "UV_", "MAKE", "VIRTUAL_ENV")  # this machine's settings for indexes and environments
SECRET = "hunter2"  # noqa: S105 - only for this test
UV = Path(sys.executable).with_name("uv")


@pytest.fixture
def mirror():
    """An index without packages: its URL, and the requested paths."""
    asked = []

    class Mirror(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://us:{SECRET}@127.0.0.1:{server.server_port}/company/simple", asked
        server.shutdown()
        thread.join()


def setup(
    home: Path, python: str = sys.executable, what: str = "setup", **env: str
) -> subprocess.CompletedProcess:
    """Run `make` in this checkout with these variables and without the machine's pip settings."""
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
def test_the_configured_index_is_used_and_a_failure_names_it_in_one_line(tmp_path, mirror, told_by, has_uv):
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
def test_settings_of_pip_and_uv_for_other_projects_are_ignored(tmp_path, mirror, has_uv):
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


def test_output_of_bash_env_does_not_break_setup(installs, tmp_path):
    home, times, env = installs
    (tmp_path / "talks").write_text("echo good morning\n")
    python = tmp_path / "python"  # a wrapper script, like pyenv's
    python.write_text(f'#!/bin/bash\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (home / "local/setup.sh").write_text(
        'mkdir -p .venv && [ "$("$PYTHON" -c "print(1)")" = 1 ] && echo >>"$RAN"'
    )

    assert setup(home, str(python), BASH_ENV=str(tmp_path / "talks"), **env).returncode == 0

    assert times() == 1


@pytest.fixture
def installs(tmp_path):
    """A checkout whose setup only records that it ran: the folder, and how often."""
    home = copy(tmp_path / "checkout")
    (home / "local/setup.sh").write_text(
        'mkdir -p .venv/bin && ln -sf "$PYTHON" .venv/bin/python && echo >>"$RAN"'
    )
    ran = tmp_path / "ran"
    return home, lambda: len(ran.read_text()), {"RAN": str(ran)}


def test_it_installs_once_even_if_a_file_is_from_the_future(installs):
    home, times, env = installs
    os.utime(home / "vote/pyproject.toml", (time.time() + 900,) * 2)

    assert [setup(home, **env).returncode for _ in range(2)] == [0, 0]

    assert times() == 1


def test_it_installs_again_after_a_move_or_a_changed_dependency(installs):
    home, times, env = installs
    setup(home, **env)

    moved = home.rename(home.with_name("moved (2)"))
    setup(moved, **env)
    assert times() == 2

    os.utime(moved / "vote/pyproject.toml", (time.time() + 900,) * 2)
    setup(moved, **env)
    assert times() == 3


@pytest.mark.parametrize("what", ["lint", "test", "e2e", "e2e-pipeline"])
def test_commands_that_need_git_say_so_in_a_zip_before_installing(installs, what):
    home, times, env = installs

    done = setup(home, what=what, **env)

    assert done.returncode == 2
    line, _ = done.stderr.splitlines()  # the last line is from make
    assert "needs a git checkout, not a ZIP: clone the repository" in line
    with pytest.raises(FileNotFoundError):
        times()


def test_lock_without_uv_says_how_to_install_it(tmp_path):
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
    assert done.stderr == "lock: uv is not installed; run make setup, which installs it into .venv\n"
