"""A clone is the same on every machine, whatever git's configuration."""

import os
import subprocess
import sys

from local.app import ROOT


def test_line_endings_do_not_depend_on_git_settings(tmp_path):
    settings = tmp_path / "gitconfig"
    settings.write_text(
        "[core]\n\tautocrlf = true\n\teol = crlf\n\tsafecrlf = warn\n[init]\n\tdefaultBranch = trunk\n"
    )
    clone = tmp_path / "clone"
    git = {"env": {"GIT_CONFIG_GLOBAL": str(settings), "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin"}}

    subprocess.run(
        ["git", "clone", "--quiet", f"file://{ROOT}", clone], check=True, capture_output=True, **git
    )

    listed = subprocess.run(
        ["git", "ls-files", "--eol"], cwd=clone, check=True, capture_output=True, text=True, **git
    ).stdout.splitlines()
    assert [line for line in listed if "w/crlf" in line or "w/mixed" in line] == []
    assert b"\r" not in (clone / "k8s/components/analysis/analyse.sh").read_bytes()


def test_tests_in_a_git_hook_do_not_touch_its_repository(tmp_path):
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    index = tmp_path / ".git/index"
    hook = {"GIT_DIR": str(tmp_path / ".git"), "GIT_INDEX_FILE": str(index), "GIT_PREFIX": ""}
    one = "delivery/tests/test_git.py::test_a_shallow_clone_finds_an_old_commit"

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", one],
        cwd=ROOT,
        env=os.environ | hook,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert not index.exists()
