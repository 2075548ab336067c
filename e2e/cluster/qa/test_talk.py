"""The commands of docs/demo.md in their order: the release is broken on the page, and reset mid-step."""

import os
import signal
import subprocess
from contextlib import contextmanager

import httpx
import pytest

from delivery.adapters.polling import until
from e2e import talk
from e2e.run.terminal import SHELL
from local.app import ROOT
from local.servers import free_port


def start(cluster, command):
    """A command of the page on this cluster."""
    return subprocess.Popen(
        command.split(),
        cwd=ROOT,
        env=SHELL | {"CLUSTER_NAME": cluster.name},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(cluster, command):
    """Run a command of the page to its end; returns what it printed."""
    process = start(cluster, command)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, f"{command}: {out}{err}"
    return out


@contextmanager
def view(env, command):
    """The release view of the page's command; yields a client of its page, and ends it as Ctrl-C does."""
    port = free_port()
    process = start(env.cluster, f"{command} STAGE_PORT={port}")
    try:
        assert f"http://localhost:{port} shows {env.name}" in process.stdout.readline()
        # It waits up to 3 s for each of two answers of the canary.
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as page:
            yield page
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=20)


def state(page):
    """What the page shows."""
    return page.get("/api/state").raise_for_status().json()


@pytest.mark.alone  # the reset applies the platform, too
def test_the_talk_s_commands_tell_its_story(env, cluster):
    *before, check, stage, deploy, reset = talk.run_by("cluster/qa/test_talk.py")
    assert (stage, deploy, reset) == ("make stage", "make deploy", "make stage-reset")
    stable = env.look().release
    for command in before:
        run(cluster, command)
    assert run(cluster, check).count("ok ") >= 15
    with view(env, stage) as page:
        run(cluster, deploy)
        bad = env.look().release

        def broken():
            # If the answer was lost, it may be ON already; to press again would turn it OFF.
            now = state(page)["switch"] or {}
            on = now.get("release") == bad and now["enabled"]
            return on or page.post("/api/switch").json().get("enabled")

        def counted():
            return state(page)["counts"].get(bad, {"failed": 0})["failed"]

        until(broken, what="the switch on the page turns the canary's errors ON", seconds=60)
        until(counted, what="the page counts a failed vote of the canary", seconds=20)
        run(cluster, reset)
        assert state(page)["counts"][stable]["failed"] == 0
    after = env.look()
    assert (after.healthy, after.release) == (True, stable)
