"""`make demo-rollback`: a canary whose votes all fail is aborted at 20 % and rolled back automatically."""

import time
from collections.abc import Callable

from delivery.domain.errors import GateError
from delivery.domain.rollout import State
from demo import images
from demo.environment import Environment
from demo.figures import Figures, measure
from demo.local_pages import Page
from demo.screen import Screen
from demo.story import Story, interruptible
from demo.view import Voted, unseen


def run(
    env: Environment,
    screen: Screen,
    voted: Voted = unseen,
    *,
    fast: bool,
    at_canary: Callable[[str], None] = lambda _: None,
) -> Figures:
    """Run the demo and return its figures; raises GateError if the bad release is promoted.

    `voted` gets every vote. `at_canary` is called with the canary's URL once its votes fail.
    """
    story = Story(env, screen, voted, fast=fast)
    stable = story.start
    screen.say(f"{env.name} is Healthy on {stable.tag} (release {stable.release}): {story.urls['vote']}")
    with interruptible(story):
        bad = paused_canary(story, images.new_tag())
        switched = errors_on(story, bad)
        at_canary(story.urls["vote-canary"])
        aborted = caught(story, bad)
        screen.say(f"rolled back by itself {aborted - switched:.0f} s after the switch")
        story.wait_for_votes()
        story.revert(stable.tag, stable.release)
        counted = story.counted()
    return measure(story.voters.votes, bad=bad, switched=switched, aborted=aborted, counted=counted)


def paused_canary(story: Story, tag: str) -> str:
    """Roll out a new release up to its first pause; returns its hash once the canary URL shows it."""
    release = story.env.release(tag, fast=story.fast)
    story.screen.say(f"new release {release}: the same image as {tag}")

    def at_pause(state: State) -> bool:
        return state.paused

    what = "the canary pauses at its first step"
    story.env.wait_for(at_pause, what=what, release=release, seen=story.seen)
    Page(story.urls["vote-canary"]).wait_for(release)
    return release


def errors_on(story: Story, release: str) -> float:
    """Turn the canary's errors ON at the canary URL; returns the time of the switch."""
    url = story.urls["vote-canary"]
    Page(url).turn_errors(on=True)
    switched = time.monotonic()
    story.screen.say(f"errors turned ON for release {release}, at {url}; its health check stays green")
    return switched


def caught(story: Story, release: str) -> float:
    """Wait until the release is aborted; returns the time. Raises GateError if it is promoted instead."""

    def decided(state: State) -> bool:
        return state.aborted or state.healthy

    what = "the bad release is aborted"
    state = story.env.wait_for(decided, what=what, release=release, seconds=story.limit_s, seen=story.seen)
    aborted = time.monotonic()
    if not state.aborted:
        raise GateError(f"release {release} was promoted although its votes failed")
    return aborted


def rows(figures: Figures) -> dict[str, str]:
    """The figures as rows of a table."""
    return {
        "from the switch to the abort": f"{figures.abort_s:.0f} s",
        "votes failed meanwhile": f"{figures.failed} of {figures.votes} ({figures.share:.0f} %)",
        "votes failed on the stable release": f"{figures.failed_elsewhere}",
        "votes that no release answered": figures.unanswered_row,
        "accepted votes lost": f"{figures.lost} of {figures.accepted}",
    }
