"""The release view during a bad release: how fast the room sees it, and that no vote is missing."""

import time
from datetime import datetime

from playwright.sync_api import expect

from delivery.adapters.polling import until
from demo.environment import Environment
from e2e.cluster.rollouts import at_first_pause, ending, new_release, patch, replace, require_aborted, revert
from e2e.cluster.viewing import require_every_vote, view

TEN = 10
CROSS_S, BANNER_S = 1, 2  # the slowest of ten is their 95th percentile
# The first check comes after ten flips.
LATE = patch(replace("/spec/strategy/canary/analysis/args/2/value", "45s"))
FAILED = "Number(document.querySelector('#second .failed b').textContent.replace(',', ''))"
BANNER = "!document.querySelector('#abort').hidden"


def test_the_room_sees_a_bad_release_as_it_happens(env, page, figure):
    before = env.look()
    with view(env) as shown:
        page.set_viewport_size({"width": 1280, "height": 720})
        shown.open(page)
        bad = new_release(env, LATE)
        at_first_pause(env, bad)
        expect(page.locator("#headline")).to_have_text("Canary gets 20 % of the votes")
        expect(page.locator("#act")).to_be_enabled()

        crosses = [flipped(page, on_again=number < TEN - 1) for number in range(TEN)]
        state = ending(env, bad)
        banners = [banner(env, page)]
        require_aborted(state, before, "error-rate")
        expect(page.locator("#abort-title")).to_contain_text("failed, limit 2 %")
        expect(page.locator("#first .failed b")).to_have_text("0")
        for _ in range(TEN - 1):
            env.kubectl("argo", "rollouts", "retry", "rollout", "vote")
            when(page, f"!({BANNER})")
            until(lambda: not noted(env), what="the controller has begun again", seconds=10)
            env.kubectl("argo", "rollouts", "abort", "vote")
            banners.append(banner(env, page))

        assert max(crosses) <= CROSS_S, crosses
        assert max(banners) <= BANNER_S, banners
        revert(env, before)
        expect(page.locator("#phase")).to_have_text("Healthy")
        seen = require_every_vote(shown, page, before.release, bad)
        shown.stop()
    figure("votes on the page, of those recorded until then", f"{seen} of {seen}")
    figure("switch to first cross, the slowest of ten", f"{max(crosses):.2f} s")
    figure("abort to banner, the slowest of ten", f"{max(banners):.2f} s")


def when(page, condition: str) -> float:
    """The time at which this is first true on the page; it is asked before each frame."""
    wait = f"while (!({condition})) await new Promise(requestAnimationFrame);"
    return float(page.evaluate(f"async () => {{ {wait} return Date.now(); }}")) / 1000


def flipped(page, *, on_again) -> float:
    """Turn errors ON with the space key; returns the seconds until a failed vote is on the page."""
    before = page.evaluate(FAILED)
    pressed = time.time()
    page.keyboard.press("Space")
    crossed = when(page, f"{FAILED} > {before}")
    if on_again:
        expect(page.locator("#act")).to_have_text("Turn errors OFF")
        page.keyboard.press("Space")
        expect(page.locator("#act")).to_have_text("Turn errors ON")
    return crossed - pressed


def banner(env: Environment, page) -> float:
    """Seconds from the cluster's abort to the banner; up to one too many, as the cluster tells full seconds.

    They are negative if the page knows it before the controller has noted the time.
    """
    shown = when(page, BANNER)
    status = until(lambda: noted(env), what="the controller has noted the abort", seconds=10)
    return shown - datetime.fromisoformat(status["abortedAt"]).timestamp()


def noted(env: Environment) -> dict[str, str] | None:
    """The status of the Rollout, once it has the time of the abort."""
    (rollout,) = env.cluster.kubectl.objects("rollouts.argoproj.io", env.namespace)
    return rollout["status"] if "abortedAt" in rollout["status"] else None
