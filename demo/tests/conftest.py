"""Fixtures of the demo's tests: states of a rollout, and a node with images."""

from dataclasses import replace

import pytest

from delivery.adapters import docker
from delivery.domain.image import Image
from delivery.domain.rollout import State
from delivery.domain.workloads import Pods
from demo import cluster, images, kustomization
from demo.cluster import Cluster

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


class Node:
    """What is on the only node of a cluster: `there` has the images, `built` what was built for it."""

    def __init__(self, *there: str) -> None:
        self.there, self.built = {*there}, set()

    def run(self, *command: str, **_) -> str:
        """Docker runs a command of containerd on the node."""
        assert command[:5] == ("docker", "exec", "acme-control-plane", "ctr", "--namespace=k8s.io")
        if command[5:7] == ("images", "ls"):
            return "\n".join(self.there)
        *asked, old, new = command[5:]
        assert asked == ["images", "tag", "--force"]
        assert old in self.there, f"ctr: image {old!r}: not found"
        self.there.add(new)
        return ""

    def tags(self, service: str) -> set[str]:
        """The tags that this service's image has there."""
        return {each.tag for each in map(Image.read, self.there) if each.service == service}


@pytest.fixture
def node(monkeypatch):
    """A node where the platform has apm, qa has vote and worker, and all have one tag."""
    made = Node(*(f"example.com/{each}:{OLD.tag}" for each in ("apm", "vote", "worker")))
    parts = {"platform": ["apm"], "overlays/qa": ["vote", "worker"]}

    def rendered(folder):
        return tuple({"image": f"example.com/{each}:1"} for each in parts.get(folder, ()))

    monkeypatch.setattr(kustomization, "rendered", rendered)
    monkeypatch.setattr(Cluster, "nodes", ["acme-control-plane"])
    monkeypatch.setattr(cluster, "run", made.run)
    monkeypatch.setattr(docker, "build_here", lambda built, _: made.built.update(built))
    monkeypatch.setattr(images, "load", lambda _, *wanted: made.there.update(wanted))
    return made
