"""Story 8: a rollout's controller and its database die under it; it ends right, and every vote is counted."""

from demo.cluster import ROLLOUTS_NAMESPACE
from e2e.cluster.killing import kill
from e2e.cluster.load import Load
from e2e.cluster.rollouts import HASTY, MINUTES, new_release

CONTROLLER = "app.kubernetes.io/name=argo-rollouts"


def test_without_its_controller_and_database_a_rollout_goes_on(env):
    """Voters need neither: no vote fails, and those that PostgreSQL could not take are counted later."""
    before = env.look()
    with Load(env) as load:
        release = new_release(env, HASTY)
        env.wait_for(lambda state: state.canary, what="the canary starts", release=release)
        kill(env, ROLLOUTS_NAMESPACE, CONTROLLER)
        kill(env, env.namespace, "app.kubernetes.io/name=postgres")

        state = env.wait_for(
            lambda now: now.healthy, what="the release is Healthy", release=release, seconds=MINUTES
        )

        assert state.stable == release != before.release
        load.wait_for(release, more=20)
        load.counted()
    assert load.failures() == []
