"""The page after half an hour in front of a room: what it keeps has a limit."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from e2e.conftest import browser_type_launch_args  # noqa: F401 - the repository's Chromium
from stage.state import Event

from . import bad_release

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore::ResourceWarning")]

MINUTE = 60_000
FIRST, LAST = 20, 50  # minutes: by the first, the page keeps as many releases as it ever does
MOST_GROWTH = 1.10  # in this half hour


def a_release_each_minute(minutes: range) -> Iterator[Event]:
    """The made-up bad release again and again, each time with a hash of its own."""
    for minute in minutes:
        for event in bad_release.events(seed=minute):
            if event["event"] != "session":
                told = json.dumps(event).replace(bad_release.CANARY, f"{minute:04}d8b6f")
                yield json.loads(told) | {"t": event["t"] + minute * MINUTE}


def test_a_page_that_is_open_for_half_an_hour_does_not_grow(view, page):
    page.goto(view.url)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def heap() -> float:
        devtools.send("HeapProfiler.collectGarbage")
        found = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
        return found["JSHeapUsedSize"]

    def play(minutes: range) -> None:
        for number, event in enumerate(a_release_each_minute(minutes)):
            view.session.publish(**event)
            view.t = event["t"]
            if number % 500 == 0:  # the page gets each event, and never a snapshot instead of them
                page.wait_for_timeout(120)
        expect(page.locator("#when")).to_contain_text("live")
        page.wait_for_timeout(500)

    view.play(0)
    play(range(FIRST))
    first = heap()
    play(range(FIRST, LAST))

    last = heap()
    assert last < first * MOST_GROWTH, (first, last)
