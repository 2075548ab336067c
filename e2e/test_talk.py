"""What docs/demo.md promises without a cluster: the recording, and a check that says what is missing."""

import json
import os
import signal
import stat
import subprocess

import httpx
import pytest

from e2e import talk
from e2e.run.terminal import SHELL
from local.app import ROOT
from local.servers import free_port


def test_every_command_of_the_page_is_run_by_a_test():
    assert {*talk.commands()} == {*talk.RUN_BY}
    for test in talk.RUN_BY.values():
        assert "talk.run_by(" in (ROOT / "e2e" / test).read_text()


@pytest.mark.servers
def test_the_recording_plays_up_to_its_abort():
    (command,) = talk.run_by("test_talk.py")
    port = free_port()
    process = subprocess.Popen(
        [*command.split(), f"STAGE_PORT={port}", "SPEED=200"],
        cwd=ROOT,
        env=SHELL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert f"http://localhost:{port} plays docs/recordings/" in process.stdout.readline()
        with httpx.stream("GET", f"http://127.0.0.1:{port}/events", timeout=30) as answer:
            for line in answer.iter_lines():
                if '"event":"end"' in line:
                    break
        state = httpx.get(f"http://127.0.0.1:{port}/api/state").json()
        assert state["abort"]["verdict"]["passed"] is False
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=20)


@pytest.mark.servers
@pytest.mark.parametrize(
    ("clusters", "said"),
    [
        ("", "NO  cluster: there is no cluster acme -> make cluster\n"),
        ("acme", "NO  cluster: its node acme-control-plane is exited -> make stage-reset\n"),
    ],
)
def test_the_check_without_a_cluster_says_what_to_do(tmp_path, clusters, said):
    answers = {
        "docker": 'case "$*" in info*) echo 28.0.0 ;; *State*) echo exited ;; esac',
        "kind": f'case "$*" in "get clusters") echo {clusters} ;; *) echo acme-control-plane ;; esac',
        "kubectl": "exit 1",
        "kubectl-argo-rollouts": "exit 1",
    }
    for name, script in answers.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(stat.S_IRWXU)

    done = subprocess.run(
        ["make", "stage-check"],
        cwd=ROOT,
        env=SHELL | {"PATH": f"{tmp_path}:{SHELL['PATH']}", "CLUSTER_NAME": "acme"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.stdout.splitlines(keepends=True)[-1] == said
    assert done.stderr.startswith("stage-check: the demo would fail: cluster\n")
    assert done.returncode != 0


def test_a_recording_is_of_a_bad_release():
    lines = (ROOT / "docs/recordings/bad-release.jsonl").read_text().splitlines()
    assert any(json.loads(line).get("aborted") for line in lines)
