"""Story 8: the controller and the database are killed during a rollout; it succeeds, and no vote is lost."""

from demo.cluster import ROLLOUTS_NAMESPACE
from e2e.cluster.killing import kill
from e2e.cluster.load import Load
from e2e.cluster.rollouts import HASTY, MINUTES, new_release

CONTROLLER = "app.kubernetes.io/name=argo-rollouts"


def test_a_rollout_survives_the_loss_of_controller_and_database(env):
    """Voting needs neither: no vote fails, and votes cast while PostgreSQL is down are counted later."""
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
