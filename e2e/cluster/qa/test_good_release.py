"""Story 1: a good release passes every step under load, and no vote fails."""

import time

from e2e.cluster.load import Load
from e2e.cluster.rollouts import MINUTES, kinds, new_release

WEIGHTS = {0: 20, 1: 20, 2: 20, 3: 50, 4: 50, 5: 50, 6: 100, 7: 100, 8: 100}  # by step, and at the end
LASTING = {1, 2, 4, 5, 7, 8}  # pauses, analyses and the end; the other steps may pass between two polls


def test_good_release_goes_through_all_steps(env, figure):
    before = env.look()
    steps = {}
    with Load(env) as load:
        started = time.monotonic()
        release = new_release(env)
        env.wait_for(
            lambda state: state.healthy,
            what="the good release is Healthy",
            release=release,
            seconds=MINUTES,
            seen=lambda state: steps.setdefault(state.step, state.weight) if state.current else None,
        )
        took = time.monotonic() - started
        load.wait_for(release, more=20)
        counted = load.counted()

    assert release != before.release
    assert steps.items() <= WEIGHTS.items()
    assert steps.keys() >= LASTING
    assert load.failures() == []
    assert set(load.counts()) == {before.release, release}
    assert counted == load.accepted
    assert kinds(env, release) == {"Step": {"Successful"}, "Background": {"Successful"}}
    said = env.verdicts(release)
    assert {each.check for each in said} == {"health", "error-rate"}
    assert all(each.passed and release in each.asked + each.got for each in said)
    figure("deployed to Healthy", f"{took:.0f} s, {counted} votes, none failed, none lost")
