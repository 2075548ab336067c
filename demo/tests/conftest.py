"""Fixtures of the demo's tests: states of a rollout."""

from dataclasses import replace

import pytest

from delivery.domain.image import Image
from delivery.domain.rollout import State
from delivery.domain.workloads import Pods

OLD, NEW = Image("vote", "1111111-1"), Image("vote", "2222222-2")


@pytest.fixture
def state():
    """Builds the state of a canary that pauses at 20 %; keywords change it."""

    def make(**changes) -> State:
        at_20 = State(
            strategy="canary",
            phase="Paused",
            message="CanaryPauseStep",
            current=True,
            release="new",
            image=NEW,
            stable="old",
            active="",
            preview="",
            step=1,
            steps=("setWeight 20 %", "pause 30s"),
            weight=20,
            aborted=False,
            first=False,
            pods=(Pods("old", OLD, 4, 4), Pods("new", NEW, 1, 1)),
        )
        return replace(at_20, **changes)

    return make


@pytest.fixture
def aborted(state):
    """The same canary, aborted."""
    return state(phase="Degraded", aborted=True, message="RolloutAborted: because", weight=0)


@pytest.fixture
def healthy(state):
    """The stable release only, as before the canary and after its revert."""
    return state(phase="Healthy", message="", release="old", image=OLD, weight=100, step=2)
