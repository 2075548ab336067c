"""Story 6: a release that crashes at the start, or whose image does not exist, is never promoted."""

import pytest

from delivery.adapters.polling import until
from delivery.domain.rollout import State
from demo import images
from e2e.cluster.load import Load
from e2e.cluster.rollouts import new_release, patch, replace, revert

DEADLINE = replace("/spec/progressDeadlineSeconds", 25)
LOG_LEVEL = {"op": "add", "path": "/spec/template/spec/containers/0/env/-"}


def crash_loop(env):
    """Deploy a release that refuses its settings and crash-loops; returns its hash."""
    wrong = LOG_LEVEL | {"value": {"name": "LOG_LEVEL", "value": "LOUD"}}
    return new_release(env, patch(DEADLINE, wrong))


def missing_image(env):
    """Deploy a tag that was never built; returns the release's hash."""
    return env.deploy(images.new_tag(), extra=patch(DEADLINE))


REASONS = {crash_loop: {"Error", "CrashLoopBackOff"}, missing_image: {"ErrImagePull", "ImagePullBackOff"}}


def why(env, release):
    """The reasons why the containers of a release are waiting or have ended."""
    pods = env.cluster.kubectl.objects(
        "pods", env.namespace, f"--selector=rollouts-pod-template-hash={release}"
    )
    states = [each["state"] for pod in pods for each in pod["status"].get("containerStatuses", [])]
    return {how["reason"] for state in states for how in state.values() if "reason" in how}


def told(env):
    """The controller's events about the Rollout, whose message soon says only that it was aborted."""
    about = "--field-selector=involvedObject.kind=Rollout,involvedObject.name=vote"
    return {event["message"] for event in env.cluster.kubectl.objects("events", env.namespace, about)}


@pytest.mark.parametrize("broken", [crash_loop, missing_image], ids=lambda broken: broken.__name__)
def test_a_release_that_never_runs_is_aborted(env, broken):
    before = env.look()
    stable = before.pods_of(before.release)
    reasons = set()

    def untouched(state: State) -> None:
        assert state.stable == before.release
        assert state.pods_of(before.release).ready == stable.ready
        if state.canary:
            assert state.pods_of(state.canary).ready == 0
            reasons.update(why(env, state.canary))

    with Load(env) as load:
        release = broken(env)
        env.wait_for(
            lambda now: now.aborted,
            what="the progress deadline aborts it",
            release=release,
            seconds=120,
            seen=untouched,
        )

        reason = f'ReplicaSet "vote-{release}" has timed out progressing.'
        until(lambda: reason in told(env), what=f"the controller says: {reason}", seconds=30)
        assert reasons & REASONS[broken]
        revert(env, before)
        load.counted()
    assert load.failures() == []
    assert set(load.counts()) == {before.release}
