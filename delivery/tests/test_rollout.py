"""Read from recorded answers of a real cluster: a canary that passed its first analysis, then was aborted."""

import pytest

from delivery.rollout import State
from delivery.workloads import describe, weight

OLD, NEW = "5858495f87", "56ff959459"
TAG = "7e662f3-20261124013313"
STEPS = 8


@pytest.fixture
def states(recorded):
    return [State.read(look["objects"]) for look in recorded("canary").looks]


def test_a_canary_goes_through_its_steps(states):
    assert [(each.phase, each.step, each.weight) for each in states[:8]] == [
        ("Progressing", 0, 20),
        ("Progressing", 0, 20),
        ("Paused", 1, 20),
        ("Progressing", 2, 20),
        ("Progressing", 3, 50),
        ("Progressing", 3, 50),
        ("Paused", 4, 50),
        ("Progressing", 5, 50),
    ]
    paused = states[2]
    assert paused.strategy == "canary"
    assert paused.paused
    assert not paused.healthy
    assert not paused.first
    assert (paused.release, paused.stable) == (NEW, OLD)
    assert (paused.role(NEW), paused.role(OLD)) == ("canary", "stable")
    assert paused.doing == "pause 5s"
    assert len(paused.steps) == STEPS


def test_an_abort_is_a_failure_that_leaves_stable_alone(states):
    aborted = states[9]

    assert aborted.aborted
    assert aborted.failed
    assert not aborted.paused
    assert aborted.weight == 0
    assert aborted.tag == TAG
    assert aborted.stable_tag not in ("", TAG)
    assert 'Metric "error-rate" assessed Failed' in aborted.message


def test_after_the_revert_it_is_healthy(states):
    assert states[-1].healthy
    assert states[-1].release == OLD
    assert states[-1].doing == ""


def test_a_specification_that_nobody_has_looked_at_says_nothing(recorded):
    objects = recorded("canary").looks[-1]["objects"]
    (rollout,) = [each for each in objects if each["kind"] == "Rollout"]
    rollout["metadata"]["generation"] += 1
    state = State.read(objects)

    assert not any((state.current, state.healthy, state.paused, state.failed))


def test_nothing_deployed_is_none():
    assert State.read([]) is None


DEPLOYMENT = {
    "kind": "Deployment",
    "metadata": {
        "name": "vote",
        "uid": "u",
        "generation": 2,
        "annotations": {"deployment.kubernetes.io/revision": "2"},
    },
    "spec": {"replicas": 1, "template": {"spec": {"containers": [{"image": "r:5000/vote:t@sha256:d"}]}}},
    "status": {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1},
}
REPLICA_SET = {
    "kind": "ReplicaSet",
    "metadata": {
        "name": "vote-1",
        "labels": {"pod-template-hash": "abc"},
        "ownerReferences": [{"uid": "u"}],
        "annotations": {"deployment.kubernetes.io/revision": "2"},
        "creationTimestamp": "2026-01-02T03:04:05Z",
    },
    "spec": DEPLOYMENT["spec"],
    "status": {"readyReplicas": 1},
}


def deployment(**status):
    return State.read([DEPLOYMENT | {"status": DEPLOYMENT["status"] | status}, REPLICA_SET])


def test_a_deployment_reads_as_a_rollout_does():
    state = deployment()

    assert state.strategy == "rolling"
    assert state.healthy
    assert (state.release, state.tag, state.image.digest) == ("abc", "t", "sha256:d")


def test_a_deployment_with_pods_to_come_progresses():
    state = deployment(readyReplicas=0)

    assert state.phase == "Progressing"
    assert not state.healthy
    assert not state.failed


def test_a_deployment_without_progress_has_failed():
    late = {"type": "Progressing", "status": "False", "message": "has timed out progressing"}
    state = deployment(readyReplicas=0, conditions=[late])

    assert state.failed
    assert state.message == "has timed out progressing"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"setWeight": 20}, "setWeight 20 %"),
        ({"pause": {}}, "pause until promoted"),
        ({"pause": {"duration": "2m"}}, "pause 2m"),
        ({"analysis": {"templates": [{"templateName": "a"}, {"templateName": "b"}]}}, "analysis a, b"),
    ],
)
def test_steps_in_words(step, words):
    assert describe(step) == words


def test_the_weight_is_the_last_one_set():
    steps = [{"pause": {}}, {"setWeight": 20}, {"pause": {}}, {"setWeight": 50}]

    assert [weight(steps, step) for step in range(5)] == [0, 20, 20, 50, 100]
    assert weight([], 0) == 100
