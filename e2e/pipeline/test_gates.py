"""Story 3: what the workflows refuse, each with a reason, and the exception that is allowed."""

import pytest

from delivery.adapters.polling import until
from e2e.pipeline.names import DEPLOY, PROMOTE, PROMOTE_ROLLOUT, ROLL_BACK

STAGING = DEPLOY["staging"]


@pytest.fixture(scope="module", autouse=True)
def staging(testbed):
    """Lock staging for the stories of this file."""
    with testbed.alone("staging"):
        yield testbed.env("staging")


@pytest.fixture(scope="module")
def tag(testbed):
    """A new build that is not deployed anywhere."""
    testbed.owner.show_version(19)
    return testbed.build()


def refused(run, *words):
    assert not run.ok, run
    for word in words:
        assert word in run.summary, run
    return run


def nothing_to_do(run, *words):
    """A successful run that says why there was nothing to do."""
    assert run.ok, run
    for word in ("Nothing to do", *words):
        assert word in run.summary, run
    return run


def test_the_confirmation_must_be_the_word(testbed):
    refused(testbed.owner.dispatch(PROMOTE_ROLLOUT, confirm="yes"), "promote")


def test_without_a_paused_release_there_is_nothing_to_promote(testbed):
    assert testbed.env("staging").look().healthy
    nothing_to_do(testbed.owner.dispatch(PROMOTE_ROLLOUT, confirm="promote"), "aused")


def test_environments_cannot_be_skipped(testbed, tag):
    tip = testbed.fork.tip()
    run = testbed.owner.dispatch(PROMOTE, **{"from": "qa", "to": "staging"})
    refused(run, "dev -> qa -> uat -> staging", "image_tag")
    assert testbed.fork.deployments(tip, "staging") == []


def test_an_image_is_deployed_to_staging_directly_and_promoted_once(testbed, tag):
    staging = testbed.env("staging")
    before = staging.look()
    run = testbed.owner.dispatch(STAGING, image_tag=tag)
    assert run.ok, run
    assert "build" not in run.jobs or run.jobs["build"] != "failure"
    state = staging.look()
    assert (state.paused, state.tag, state.active) == (True, tag, before.active)

    again = testbed.owner.dispatch(STAGING, image_tag=tag)
    assert again.ok, again
    assert staging.look().paused
    assert again.seconds < 180, "it does not wait for a pause that never happens"

    promoted = testbed.owner.dispatch(PROMOTE_ROLLOUT, confirm="promote")
    assert promoted.ok, promoted
    assert staging.look().active == state.release
    nothing_to_do(testbed.owner.dispatch(PROMOTE_ROLLOUT, confirm="promote"), "aused")


def test_deploying_the_same_image_starts_no_rollout(testbed, tag, staging):
    before, tip = staging.look(), testbed.fork.tip()
    nothing_to_do(testbed.owner.dispatch(STAGING, image_tag=tag), "already deployed, no new rollout")
    after = staging.look()
    assert after.healthy
    assert (after.release, after.active) == (before.release, before.active)
    assert testbed.fork.deployments(tip, "staging") == []


def test_staging_rolls_back_from_an_active_and_from_a_paused_release(testbed, tag, staging, figure):
    """A rollback needs no approval and skips all steps: the previous release is active at once."""
    back = testbed.owner.dispatch(ROLL_BACK, environment="staging", reason="the wrong colour")
    assert back.ok, back
    state = staging.look()
    assert state.healthy
    assert state.tag == state.stable_tag != tag
    good = state.tag
    figure("rolled back from active", f"{back.seconds:.0f} s")

    until(
        lambda: not any(each.wanted for each in staging.look().pods if each.tag == tag),
        what="what was active has no pods",
        seconds=60,
    )
    waits = testbed.owner.dispatch(STAGING, image_tag=tag)
    assert waits.ok, waits
    assert staging.look().paused
    back = testbed.owner.dispatch(ROLL_BACK, environment="staging", reason="still the wrong colour")
    assert back.ok, back
    assert "aborting it" in back.said
    state = staging.look()
    assert (state.healthy, state.tag) == (True, good)
