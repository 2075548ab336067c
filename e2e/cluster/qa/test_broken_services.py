"""Story 8: what a rollout relies on dies under it; it ends right, and every accepted vote is counted."""

from demo.cluster import ROLLOUTS_NAMESPACE
from demo.kubectl import run
from demo.waiting import until
from e2e.cluster.ballot import Ballot
from e2e.cluster.rollouts import (
    HASTY,
    MINUTES,
    at_first_pause,
    ending,
    failed_checks,
    new_release,
    require_aborted,
    revert,
)

CONTROLLER = "app.kubernetes.io/name=argo-rollouts"


def pod(kubectl, namespace, selector):
    """The one pod that this selects."""
    (found,) = kubectl.objects("pods", namespace, f"--selector={selector}")
    return found


def kill(env, namespace, selector):
    """End a pod's process as a crashed node would, then the pod; return once another one is ready."""
    kubectl = env.cluster.kubectl
    old = pod(kubectl, namespace, selector)
    (container,) = old["status"]["containerStatuses"]
    (node,) = env.cluster.nodes
    task = container["containerID"].removeprefix("containerd://")
    run("docker", "exec", node, "ctr", "--namespace=k8s.io", "tasks", "kill", "--signal=SIGKILL", task)
    kubectl("delete", "pod", old["metadata"]["name"], f"--namespace={namespace}", "--wait=false")

    def replaced():
        pods = kubectl.objects("pods", namespace, f"--selector={selector}")
        ready = [each["ready"] for one in pods for each in one["status"].get("containerStatuses", [])]
        return old["metadata"]["uid"] not in {one["metadata"]["uid"] for one in pods} and ready == [True]

    until(replaced, what=f"another pod of {selector} is ready", seconds=120)


def test_without_its_controller_and_database_a_rollout_goes_on(env):
    """Voters need neither: no vote fails, and those that PostgreSQL could not take are counted later."""
    before = env.look()
    with Ballot(env) as ballot:
        release = new_release(env, HASTY)
        env.wait_for(lambda state: state.canary, what="the canary starts", release=release)
        kill(env, ROLLOUTS_NAMESPACE, CONTROLLER)
        kill(env, env.namespace, "app.kubernetes.io/name=postgres")

        state = env.wait_for(
            lambda now: now.healthy, what="the release is Healthy", release=release, seconds=MINUTES
        )

        assert state.stable == release != before.release
        ballot.wait_for(release, more=20)
        ballot.counted()
    assert ballot.failures() == []


def test_without_redis_votes_are_refused_and_the_release_with_them(env):
    """Votes fail with 503 on both releases, so the canary cannot show that it is good; accepted ones stay."""
    before = env.look()
    with Ballot(env) as ballot:
        release = new_release(env)
        at_first_pause(env, release)
        ballot.wait_for(release, more=20)
        kill(env, env.namespace, "app.kubernetes.io/name=redis")

        state = ending(env, release)

        require_aborted(state, before, "error-rate")
        assert "error-rate" in failed_checks(env, release)
        ballot.wait_until_accepted()
        revert(env, before)
        ballot.counted()
    assert ballot.failures()
    assert {vote.status for vote in ballot.failures()} <= {0, 502, 503, 504}
