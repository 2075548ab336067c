"""Story 4: there are no votes, so the release cannot be judged and is not promoted."""

from demo.local_pages import Page
from e2e.cluster.rollouts import ending, failed_checks, new_release, patch, replace, require_aborted, revert


def test_no_traffic_aborts_a_good_release(env):
    before = env.look()
    nobody = patch(replace("/spec/replicas", 0), target={"kind": "Deployment", "name": "traffic"})

    release = new_release(env, nobody)
    state = ending(env, release)

    require_aborted(state, before, "error-rate")
    assert failed_checks(env, release) == {"error-rate": "0 requests, fewer than 10"}
    revert(env, before)
    assert Page(env.urls()["vote"]).vote().ok
