"""`make demo-blue-green`: a preview that waits for promotion, then one that fails before it is active."""

import time
from dataclasses import dataclass

from delivery.domain.errors import GateError
from delivery.domain.rollout import State
from demo import images
from demo.canary_story import caught
from demo.environment import Environment
from demo.figures import Figures, measure
from demo.local_pages import Page
from demo.screen import Screen
from demo.story import Story, interruptible
from demo.view import Voted, unseen


@dataclass(frozen=True, kw_only=True)
class Times:
    """Durations of the good release, in seconds."""

    paused: float  # from the deployment to Paused
    promoted: float  # from the promotion until active showed it
    old_gone: float  # from the promotion until the old release had no pods


def run(env: Environment, screen: Screen, voted: Voted = unseen, *, fast: bool) -> tuple[Times, Figures]:
    """Run both parts and return their figures; raises GateError if a promise is broken.

    `voted` gets every vote.
    """
    story = Story(env, screen, voted, fast=fast)
    old = story.start
    screen.say(f"{env.name} is Healthy on {old.tag} (release {old.release}): {story.urls['vote']}")
    with interruptible(story):
        good_tag = images.new_tag()
        times, good = promoted(story, good_tag)
        bad = preview(story, images.new_tag())
        Page(story.urls["vote-preview"]).turn_errors(on=True)
        switched = time.monotonic()
        screen.say(f"errors turned ON for release {bad}, at {story.urls['vote-preview']}")
        aborted = caught(story, bad)
        require(story, "vote", good)
        screen.say(f"active still shows release {good}: nobody noticed")
        story.revert(good_tag, good)
        counted = story.counted()
    figures = measure(story.voters.votes, bad=None, switched=switched, aborted=aborted, counted=counted)
    return times, figures


def preview(story: Story, tag: str) -> str:
    """Deploy a new release; returns its hash once the preview URL shows it."""
    release = story.env.release(tag, fast=story.fast)
    story.screen.say(f"new release {release}: the same image as {tag}")

    def previewed(state: State) -> bool:
        return state.preview == release and state.pods_of(release).ready > 0

    what = "the preview Service selects the new release"
    story.env.wait_for(previewed, what=what, release=release, seen=story.seen)
    Page(story.urls["vote-preview"]).wait_for(release)
    story.screen.say(f"preview shows release {release}: {story.urls['vote-preview']}")
    return release


def promoted(story: Story, tag: str) -> tuple[Times, str]:
    """Deploy a release, check it while it waits, promote it; returns the durations and its hash."""
    old, started = story.start.release, time.monotonic()
    release = preview(story, tag)

    def waits(state: State) -> bool:
        return state.paused

    what = "the release waits for a person"
    story.env.wait_for(waits, what=what, release=release, seconds=story.limit_s, seen=story.seen)
    paused = time.monotonic()
    require(story, "vote-preview", release)
    require(story, "vote", old)
    story.screen.say(f"it waits for a person: preview shows {release}, active still {old}")
    story.env.promote()
    asked = time.monotonic()
    story.screen.say("promote")

    def active(state: State) -> bool:
        return state.active == release

    story.env.wait_for(active, what="the active Service selects it", release=release, seen=story.seen)
    Page(story.urls["vote"]).wait_for(release)
    switched = time.monotonic()
    story.screen.say(f"active shows release {release}")

    def alone(state: State) -> bool:
        return state.healthy and state.pods_of(old).wanted == 0

    story.env.wait_for(alone, what="the old release has no pods", release=release, seen=story.seen)
    times = Times(paused=paused - started, promoted=switched - asked, old_gone=time.monotonic() - asked)
    return times, release


def require(story: Story, page: str, release: str) -> None:
    """Raise GateError unless this page shows this release."""
    shown = Page(story.urls[page]).release()
    if shown != release:
        raise GateError(f"{story.urls[page]} shows release {shown or 'none'}, not {release}")


def rows(times: Times, figures: Figures) -> dict[str, str]:
    """The figures as rows of a table."""
    return {
        "good release: until it waited for a person": f"{times.paused:.0f} s",
        "good release: from the promotion to active": f"{times.promoted:.1f} s",
        "good release: until the old one had no pods": f"{times.old_gone:.0f} s",
        "bad preview: from the switch to the abort": f"{figures.abort_s:.0f} s",
        "votes failed on active": f"{figures.failed_elsewhere} of {figures.accepted}",
        "votes that no release answered": figures.unanswered_row,
        "accepted votes lost": f"{figures.lost} of {figures.accepted}",
    }
