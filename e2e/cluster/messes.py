"""What a talk, or the hour before it, leaves behind: each mess is made for real."""

import os
import signal
import subprocess
import time

from delivery.adapters.polling import until
from delivery.adapters.process import run
from demo.environment import Environment
from demo.local_pages import Page
from e2e.cluster.resetting import make
from e2e.cluster.rollouts import at_first_pause, ending, new_release
from local.app import ROOT

ASLEEP_S = 90  # longer than any lease, window of a query, or grace period


def mid_step(env: Environment) -> None:
    """A canary is paused at 20 %."""
    at_first_pause(env, new_release(env))


def aborted(env: Environment) -> None:
    """A canary with errors ON was aborted."""
    bad = new_release(env)
    at_first_pause(env, bad)
    Page(env.urls()["vote-canary"]).turn_errors(on=True)
    assert ending(env, bad).aborted


def promoted(env: Environment) -> str:
    """Nobody broke the release of `make deploy`, so it was promoted; returns the tag, which is stable now."""
    before = env.tag
    make("deploy", env)
    env.wait_ready()
    assert env.tag != before
    return env.tag


def preview_waiting(env: Environment) -> None:
    """A preview has passed its analysis and waits for a person."""
    env.wait_for(lambda now: now.paused, what="the preview waits", release=new_release(env), seconds=180)


def switch_on(env: Environment) -> None:
    """Errors are ON for the stable release, and the error rate has risen."""
    Page(env.urls()["vote"]).turn_errors(on=True)
    time.sleep(20)


def killed_demo(env: Environment) -> None:
    """A demo was killed with -9 while its canary had errors ON; worker and apm are down."""
    with subprocess.Popen(
        ["make", "demo-rollback", f"ENV={env.name}"],
        cwd=ROOT,
        env=os.environ | {"CLUSTER_NAME": env.cluster.name},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as demo:
        try:
            until(lambda: erring(env), what="the demo has turned errors ON", seconds=120)
        finally:
            os.killpg(demo.pid, signal.SIGKILL)
    env.kubectl("scale", "deployment/worker", "--replicas=0")
    platform = f"--namespace={env.cluster.platform_namespace}"
    env.cluster.kubectl("scale", "deployment/apm", "--replicas=0", platform)


def erring(env: Environment) -> bool:
    """Whether the canary has errors ON."""
    state = env.look()
    canary = Page(env.urls()["vote-canary"])
    return state.paused and state.release != state.stable and canary.errors_on()


def stopped_node(env: Environment) -> None:
    """Docker was restarted, and has not started the node again."""
    for node in env.cluster.nodes:
        run("docker", "stop", node, seconds=60)


def slept(env: Environment) -> None:
    """The laptop slept: for the cluster, the clock jumps."""
    mid_step(env)
    (node,) = env.cluster.nodes
    run("docker", "pause", node)
    try:
        time.sleep(ASLEEP_S)
    finally:
        run("docker", "unpause", node)


def half_deleted(env: Environment) -> str:
    """The platform is gone, and the environment is being deleted."""
    for namespace in (env.cluster.platform_namespace, env.namespace):
        env.cluster.kubectl("delete", "namespace", namespace, "--wait=false")
    return ""
