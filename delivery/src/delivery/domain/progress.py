"""Whether a release has reached its goal, and what prevents it."""

from typing import Literal

from delivery.domain import workloads
from delivery.domain.errors import GateError, NothingToDoError
from delivery.domain.objects import Object, named
from delivery.domain.rollout import State

Goal = Literal["seen", "healthy", "paused"]
INCONCLUSIVE = "Inconclusive"  # of an analysis or an experiment: the rollout does not continue automatically


def reached(
    env: str, goal: Goal, tag: str, state: State | None, *, unready: list[str], stuck: list[str]
) -> bool:
    """Whether the release of this tag has reached the goal; raises if it cannot reach it any more."""
    if state is None or not state.current or state.tag != tag:
        return False
    if goal == "seen":
        return True
    if state.failed:
        raise GateError(
            f"{tag} {'was aborted' if state.aborted else 'does not come up'} in {env}: {state.message}"
        )
    if state.held.startswith(INCONCLUSIVE):
        raise GateError(
            f"{tag} is Paused in {env}: {state.held}; look at its analysis, then deploy a new tag "
            f"or roll back: delivery rollback {env} --reason ..."
        )
    if stuck:
        raise GateError(f"{tag} does not come up in {env}: {', '.join(stuck)} made no progress")
    if goal == "healthy":
        return state.healthy and not unready
    if state.healthy and not state.first:
        raise NothingToDoError(f"{tag} is active in {env} already, there is no preview to wait for")
    return state.paused or state.healthy  # the first release has nothing to compare with


def recovered(state: State | None) -> bool:
    """Whether an aborted release has no pods left, and the stable release has all its pods."""
    if state is None or not state.aborted:
        return True
    stable, aborted = state.pods_of(state.stable), state.pods_of(state.release)
    return stable.ready == stable.wanted and not aborted.wanted and not aborted.ready


def others(objects: list[Object]) -> list[Object]:
    """The environment's workloads other than vote."""
    found = [*named(objects, "Deployment"), *named(objects, "StatefulSet")]
    return [each for each in found if each["metadata"]["name"] != "vote"]


def unready(objects: list[Object]) -> list[str]:
    """The names of the other workloads that are not ready."""
    return [name(each) for each in others(objects) if not workloads.ready(each)]


def name(workload: Object) -> str:
    """The name of a workload."""
    return str(workload["metadata"]["name"])
