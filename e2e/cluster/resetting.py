"""`make stage-reset` as a presenter runs it, and the state that it must leave."""

import os
import subprocess
import time
from collections.abc import Callable

from demo.environment import Environment
from local.app import ROOT

MOST_S = 90
PARTS = "deployments,statefulsets,rollouts.argoproj.io"


# Makes a mess; returns the tag that is stable in it if it is another one, and "" if nothing is left.
Mess = Callable[[Environment], str | None]


def require_reset(env: Environment, mess: Mess, figure: Callable[..., None]) -> None:
    """Make the mess; fail unless a reset brings back the start, and a second one changes nothing."""
    tag = env.tag
    stable = mess(env)

    figure(f"reset, {mess.__name__}", f"{reset(env):.0f} s")

    after = env.look()
    assert after.healthy
    assert stable == "" or after.tag == (stable or tag)
    once = state(env)
    figure("again", f"{reset(env):.0f} s")
    assert state(env) == once


def reset(env: Environment) -> float:
    """Run it; returns the seconds that it took, once `make stage-check` finds nothing either."""
    started = time.monotonic()
    said = make("stage-reset", env)
    took = time.monotonic() - started
    make("stage-check", env)
    assert took <= MOST_S, said
    return took


def make(target: str, env: Environment) -> str:
    """Run a target of make for this environment, which must succeed; returns what it prints."""
    done = subprocess.run(
        ["make", target, f"ENV={env.name}", "TIMINGS=fast"],
        cwd=ROOT,
        env=os.environ | {"CLUSTER_NAME": env.cluster.name},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def state(env: Environment) -> dict[str, object]:
    """What a second reset must not change: the release, and every workload's specification and pods."""
    found: dict[str, object] = {"release": env.look()}
    for namespace in (env.cluster.platform_namespace, env.namespace):
        for each in env.cluster.kubectl.objects(PARTS, namespace):
            found[f"{each['kind']} {each['metadata']['name']}"] = each["spec"]
        pods = env.cluster.kubectl.objects("pods", namespace, "--selector=app.kubernetes.io/name!=analysis")
        staying = (each["metadata"] for each in pods if "deletionTimestamp" not in each["metadata"])
        found[namespace] = sorted(each["name"] for each in staying)
    return found
