"""`make e2e-cluster` with a missing tool, and interrupted before its cluster exists."""

import os
import signal
import subprocess
import sys

import pytest

from e2e.sites import wait_until
from local.app import ROOT

TOOLS = ["docker", "kind", "kubectl", "kubectl-argo-rollouts"]
COMMAND = [sys.executable, "-m", "pytest", "--numprocesses=2", "e2e/cluster"]
# As a script starts a background job.
IGNORING_SIGINT = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
KIND = """#!/bin/sh
echo "$*" >>"$(dirname "$0")/asked"
case $* in create*) exec /bin/sleep 60 ;; esac
"""


@pytest.mark.parametrize("missing", TOOLS)
def test_a_missing_tool_is_named_in_one_line(tmp_path, missing):
    for tool in TOOLS:
        if tool != missing:
            (tmp_path / tool).symlink_to("/bin/true")

    done = subprocess.run(
        COMMAND,
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


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_an_interruption_deletes_the_cluster(tmp_path, how):
    for tool in TOOLS:
        (tmp_path / tool).symlink_to("/bin/true")
    (tmp_path / "kind").unlink()
    (tmp_path / "kind").write_text(KIND)
    (tmp_path / "kind").chmod(0o755)
    asked = tmp_path / "asked"
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    command = [*IGNORING_SIGINT, *COMMAND]
    run = subprocess.Popen(command, cwd=ROOT, env=path, start_new_session=True, stdout=subprocess.DEVNULL)
    wait_until(lambda: asked.exists() and "\ncreate" in asked.read_text(), what="kind creates the cluster")

    os.killpg(run.pid, how)  # as a terminal does: kind gets the signal, too

    assert run.wait(timeout=30) == 2
    *_, created, deleted = asked.read_text().splitlines()
    name = created.split("--name ")[1].split()[0]
    assert name.startswith("votes-e2e-")
    assert deleted == f"delete cluster --name {name}"
