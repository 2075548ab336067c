"""Stories 2 and 3: a release turns bad at 20, 50 or 100 %, and the Rollout rolls back automatically."""

import time

import pytest
from playwright.sync_api import expect

from demo.figures import measure
from demo.local_pages import Page
from e2e.cluster.load import Load
from e2e.cluster.rollouts import (
    HASTY,
    at_first_pause,
    ending,
    failed_checks,
    kinds,
    new_release,
    require_aborted,
    revert,
)

BANNER = "ERRORS ON - All votes will fail with HTTP 500"


@pytest.fixture
def told(figure):
    """Checks the votes of a bad release that was rolled back, and records its figures."""

    def judge(load, *, bad, switched, on, aborted, counted):
        since_on = load.of(bad, since=on)
        assert since_on
        assert not any(vote.ok for vote in since_on), "every canary vote fails"
        assert load.failures(but=bad) == [], "stable votes never fail"
        found = measure(load.votes, bad=bad, switched=switched, aborted=aborted, counted=counted)
        found.require_kept()
        figure("from the switch to the abort", f"{found.abort_s:.0f} s")
        figure("votes failed meanwhile", f"{found.failed} of {found.votes} ({found.share:.0f} %)")
        figure("failed on stable", found.failed_elsewhere)
        figure("accepted and lost", f"{found.lost} of {found.accepted}")

    return judge


def test_bad_at_20_percent_is_caught(env, page, told):
    before = env.look()
    with Load(env) as load:
        bad = new_release(env)
        at_first_pause(env, bad)
        load.wait_for(bad, more=1)

        page.goto(env.urls()["vote-canary"])
        expect(page.locator("#release")).to_have_text(bad)
        switched = time.monotonic()
        page.get_by_role("button", name="Turn Errors ON").click()
        expect(page.get_by_text(BANNER)).to_be_visible()
        on = time.monotonic()
        page.get_by_role("button", name="Cats").click()
        expect(page.get_by_text("Simulated Error (HTTP 500)")).to_be_visible()
        weights = set()
        state = ending(env, bad, seen=lambda now: weights.add(now.weight))
        aborted = time.monotonic()

        require_aborted(state, before, "error-rate")
        assert max(weights) == 20
        assert "Failed" in kinds(env, bad)["Background"], "the background analysis failed"
        reasons = failed_checks(env, bad)
        assert set(reasons) == {"error-rate"}, "the health check did not fail"
        assert "of the requests failed, not less than 2 %" in reasons["error-rate"]
        load.wait_until_accepted()
        revert(env, before)
        counted = load.counted()
    told(load, bad=bad, switched=switched, on=on, aborted=aborted, counted=counted)


@pytest.mark.parametrize(("step", "weight"), [(4, 50), (7, 100)], ids=["50_percent", "100_percent"])
def test_bad_later_is_caught(env, told, step, weight):
    before = env.look()
    with Load(env) as load:
        bad = new_release(env, HASTY)
        state = env.wait_for(
            lambda now: now.step == step, what=f"the canary is at {weight} %", release=bad, seconds=180
        )
        assert state.weight == weight
        assert bool(state.pods_of(before.release).wanted) == (weight < 100)
        load.wait_for(bad, more=1)

        switched = time.monotonic()
        Page(env.urls()["vote-canary"]).turn_errors(on=True)
        on = time.monotonic()
        state = ending(env, bad)
        aborted = time.monotonic()

        require_aborted(state, before, "error-rate")
        assert set(failed_checks(env, bad)) == {"error-rate"}
        load.wait_until_accepted()
        revert(env, before)
        counted = load.counted()
    told(load, bad=bad, switched=switched, on=on, aborted=aborted, counted=counted)
