"""`make e2e-cluster` on a machine that lacks something."""

import subprocess
import sys

import pytest

from local.app import ROOT

TOOLS = ["docker", "kind", "kubectl", "kubectl-argo-rollouts"]


@pytest.mark.parametrize("missing", TOOLS)
def test_what_is_missing_is_said_in_one_line(tmp_path, missing):
    for tool in TOOLS:
        if tool != missing:
            (tmp_path / tool).symlink_to("/bin/true")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--numprocesses=2", "--dist=loadgroup", "e2e/cluster"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"make e2e-cluster: {missing} is not on the PATH; install")
    assert done.stderr.count("\n") == 1
