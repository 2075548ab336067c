"""Story 5, why analysis needs the APM: a health check alone promotes a release whose votes all fail."""

import time

from demo.local_pages import Page
from e2e.cluster.load import Load
from e2e.cluster.rollouts import HASTY, at_first_pause, ending, kinds, new_release, patch

CANARY = "/spec/strategy/canary"
# All analyses become that of step 3, which checks health only; the background analysis is removed.
HEALTH_ALONE = patch(
    {"op": "remove", "path": f"{CANARY}/analysis"},
    {"op": "remove", "path": f"{CANARY}/steps/7"},
    {"op": "copy", "from": f"{CANARY}/steps/2", "path": f"{CANARY}/steps/7"},
    {"op": "remove", "path": f"{CANARY}/steps/5"},
    {"op": "copy", "from": f"{CANARY}/steps/2", "path": f"{CANARY}/steps/5"},
)


def test_health_check_alone_promotes_a_release_whose_votes_all_fail(env, figure):
    before = env.look()
    with Load(env) as load:
        bad = new_release(env, {"patches": HASTY["patches"] + HEALTH_ALONE["patches"]})
        at_first_pause(env, bad)
        Page(env.urls()["vote-canary"]).turn_errors(on=True)
        on = time.monotonic()

        state = ending(env, bad)

        assert state.healthy
        assert state.stable == bad != before.release
        seen = len(load.votes)
        load.wait_for(bad, more=20)
        assert not any(vote.ok for vote in load.votes[seen:]), "all votes of all users fail"
        load.counted()
    assert not any(vote.ok for vote in load.of(bad, since=on))
    assert load.failures(but=bad) == []
    assert kinds(env, bad) == {"Step": {"Successful"}}
    said = env.verdicts(bad)
    assert said
    assert {(each.check, each.passed) for each in said} == {("health", True)}
    failed = len(load.failures())
    figure("with a health check alone", f"promoted; {failed} of {len(load.votes)} votes failed")
