"""Story 8: Redis is killed during a rollout; the release is aborted, and every accepted vote is counted."""

from e2e.cluster.killing import kill
from e2e.cluster.load import Load
from e2e.cluster.rollouts import at_first_pause, ending, failed_checks, new_release, require_aborted, revert


def test_without_redis_votes_are_refused_and_the_release_is_aborted(env):
    """Votes fail with 503 on both releases, so the canary fails its analysis; accepted votes are kept."""
    before = env.look()
    with Load(env) as load:
        release = new_release(env)
        at_first_pause(env, release)
        load.wait_for(release, more=20)
        kill(env, env.namespace, "app.kubernetes.io/name=redis")

        state = ending(env, release)

        require_aborted(state, before, "error-rate")
        assert "error-rate" in failed_checks(env, release)
        load.wait_until_accepted()
        revert(env, before)
        load.counted()
    assert {vote.status for vote in load.failures()} == {503}
    assert all(vote.release for vote in load.failures()), "answered by vote, not by the proxy"
