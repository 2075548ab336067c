"""What kubectl said on a real cluster (kind, Argo Rollouts v1.9.1, 2026-11-24), cut down to what is read."""

import json
from pathlib import Path

import pytest

from demo.rollout import State

RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture
def recorded():
    """The objects of one recording, of one kind."""

    def objects(name: str, kind: str) -> list[dict]:
        found = json.loads((RECORDED / f"{name}.json").read_text())
        return [each for each in found if each["kind"] == kind]

    return objects


@pytest.fixture
def state(recorded):
    """The State in one recording, of a Rollout that a test may change first."""

    def read(name: str, change=lambda rollout: None) -> State:
        (rollout,) = recorded(name, "Rollout")
        change(rollout)
        return State.read(rollout, recorded(name, "ReplicaSet"))

    return read
