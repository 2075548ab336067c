"""Helpers for stories about rollouts: start, wait for the end, read analysis results, revert."""

import json
from collections.abc import Callable
from typing import Any

from delivery.domain.rollout import State
from demo import images
from demo.environment import Environment
from demo.local_pages import Page

VOTE = {"kind": "Rollout", "name": "vote"}
MINUTES = 300  # seconds: longer than all eight steps with fast timings


def patch(*operations: dict[str, Any], target: dict[str, str] = VOTE) -> dict[str, list[Any]]:
    """The argument for `deploy` that patches one object for one story."""
    return {"patches": [{"target": target, "patch": json.dumps(operations)}]}


def replace(path: str, value: object) -> dict[str, Any]:
    """One operation of a patch."""
    return {"op": "replace", "path": path, "value": value}


# For stories about later steps: the pauses are short.
HASTY = patch(
    replace("/spec/strategy/canary/steps/1/pause/duration", "5s"),
    replace("/spec/strategy/canary/steps/4/pause/duration", "5s"),
)


def new_release(env: Environment, extra: dict[str, list[Any]] | None = None) -> str:
    """Start a new release with the running images; returns its hash."""
    tag = images.new_tag()
    env.cluster.retag(env.tag, tag)
    return env.deploy(tag, extra=extra)


def at_first_pause(env: Environment, release: str) -> State:
    """Return once the canary is paused at 20 % and the canary URL shows it."""
    state = env.wait_for(lambda now: now.paused, what="the canary pauses at 20 %", release=release)
    Page(env.urls()["vote-canary"]).wait_for(release)
    assert (state.step, state.weight) == (1, 20)
    return state


def ending(env: Environment, release: str, seen: Callable[[State], None] = lambda _: None) -> State:
    """Wait until the rollout of this release is Healthy or aborted; returns the State."""
    return env.wait_for(
        lambda now: now.aborted or now.healthy,
        what="the rollout ends",
        release=release,
        seconds=MINUTES,
        seen=seen,
    )


def failed_checks(env: Environment, release: str) -> dict[str, str]:
    """The last reason why each check failed, from the logs of the Jobs."""
    return {each.check: each.reason for each in env.verdicts(release) if not each.passed}


def kinds(env: Environment, release: str) -> dict[str, set[str]]:
    """The phases of a release's analyses, by kind."""
    found: dict[str, set[str]] = {}
    for run in env.runs(release):
        found.setdefault(run.kind, set()).add(run.phase)
    return found


def require_aborted(state: State, before: State, metric: str) -> None:
    """Fail unless this metric aborted the rollout and the previous release is still stable."""
    assert state.aborted, f"{state.release} was promoted: {state}"
    assert state.stable == before.release
    assert state.message.startswith("RolloutAborted"), state.message
    assert f'Metric "{metric}" assessed Failed' in state.message, state.message


def revert(env: Environment, before: State) -> None:
    """Apply the previous template again: the release is Healthy at once, with all its pods and no others."""
    release = env.deploy(before.tag)
    assert release == before.release, "the same tag is the same release"
    state = env.wait_for(
        lambda now: now.healthy and not others(now),
        what="Healthy again, all other pods gone",
        release=release,
    )
    assert state.pods_of(release).ready == before.pods_of(release).ready


def others(state: State) -> list[str]:
    """The releases other than the newest one that have pods."""
    return [each.release for each in state.pods if each.release != state.release and each.wanted]
