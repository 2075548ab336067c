"""States from a recording of a real cluster: a canary that passed its first analysis and was then aborted."""

import pytest

from delivery.domain.rollout import State

from .fakes import rollout

OLD, NEW = "5858495f87", "56ff959459"
TAG, OTHER = "7e662f3-20261124013313", "5eac43c-20261124012908"
STEPS = 8


@pytest.fixture
def states(recorded):
    return [State.read(each["objects"]) for each in recorded("canary").observations]


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
    assert (paused.release, paused.canary, paused.stable) == (NEW, NEW, OLD)
    assert (paused.role(NEW), paused.role(OLD)) == ("canary", "stable")
    assert paused.doing == "pause 5s"
    assert len(paused.steps) == STEPS


@pytest.mark.parametrize(
    ("reasons", "message", "why"),
    [
        (["InconclusiveAnalysisRun"], "InconclusiveAnalysisRun", "InconclusiveAnalysisRun"),
        (["BlueGreenPause", "InconclusiveAnalysisRun"], "BlueGreenPause", "InconclusiveAnalysisRun"),
        (["BlueGreenPause"], "manually paused", "manually paused"),  # spec.paused, set by a person
        ([], "InconclusiveExperiment", "InconclusiveExperiment"),
    ],
)
def test_an_unplanned_pause_is_not_ready(reasons, message, why):
    (vote, *rest) = rollout(TAG, phase="Paused", strategy="blue-green", stable=OTHER, message=message)
    vote["status"]["pauseConditions"] = [{"reason": each} for each in reasons]
    state = State.read([vote, *rest])

    assert not state.paused
    assert state.held == why


@pytest.mark.parametrize("message", ["BlueGreenPause", "CanaryPauseStep"])
def test_a_pause_of_a_step_is_ready(message):
    state = State.read(rollout(TAG, phase="Paused", stable=OTHER, message=message))

    assert state.paused
    assert not state.held


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
    assert (states[-1].canary, states[-1].doing, states[-1].weight) == ("", "", 100)
    assert states[-1].pods_of("gone").wanted == 0


def test_a_preview_that_was_refused_is_still_the_preview(recorded):
    aborted = State.read(recorded("blue-green-refused").observations[1]["objects"])

    assert aborted.aborted
    assert (aborted.active, aborted.preview) == (aborted.stable, aborted.canary)
    assert (aborted.stable_tag, aborted.tag) == ("bccaa14-20261124015450", "bccaa14-20261124015646")
    assert [aborted.role(each.release) for each in aborted.pods] == ["old", "active", "preview"]


def test_healthy_belongs_to_the_previous_release_until_the_controller_has_observed_the_new_one(recorded):
    unseen = State.read(
        recorded("blue-green-refused").observations[0]["objects"]
    )  # just after its deployment

    assert unseen.phase == "Healthy"
    assert unseen.tag == "bccaa14-20261124015646"
    assert not any((unseen.current, unseen.healthy))


def test_an_unobserved_specification_has_no_state(recorded):
    objects = recorded("canary").observations[-1]["objects"]
    (rollout,) = [each for each in objects if each["kind"] == "Rollout"]
    rollout["metadata"]["generation"] += 1
    state = State.read(objects)

    assert not any((state.current, state.healthy, state.paused, state.failed))


def test_a_rollout_that_was_never_observed(recorded):
    objects = recorded("canary").observations[-1]["objects"]
    (rollout,) = [each for each in objects if each["kind"] == "Rollout"]
    del rollout["status"]
    state = State.read(objects)

    assert (state.phase, state.current, state.release, state.aborted) == ("", False, "", False)


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
