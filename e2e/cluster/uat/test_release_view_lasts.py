"""The release view in front of a big room, and for a long talk."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from e2e.cluster.viewing import START_S, view

VIEWERS, WATCHED_S = 50, 30
MOST_CPU = 0.15  # of a core
TALK_S = 30 * 60
MOST_GROWTH = 1.10
FULL_S = 120  # the page keeps the votes of the last minute, and a few minutes of error rates at most

EXPECTED = 15 * WATCHED_S  # votes, whoever watches

pytestmark = [pytest.mark.alone, pytest.mark.whole]


@contextmanager
def watching(url: str, viewers: int) -> Iterator[None]:
    """Follow the event stream this many times within the block."""
    ended, opened = threading.Event(), threading.Semaphore(0)

    def follow() -> None:
        with httpx.stream("GET", f"{url}/events", timeout=START_S) as stream:
            opened.release()
            for _ in stream.iter_raw():
                if ended.is_set():
                    return

    threads = [threading.Thread(target=follow, daemon=True) for _ in range(viewers)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert opened.acquire(timeout=START_S)
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def test_fifty_viewers_add_no_vote_and_little_work(env, figure):
    used, votes = {}, {}
    for viewers in (0, VIEWERS):
        with view(env) as shown:
            with watching(shown.url, viewers):
                before = len(shown.recorded("vote"))
                time.sleep(WATCHED_S)
                votes[viewers] = len(shown.recorded("vote")) - before
            used[viewers] = shown.stop()
    cost = (used[VIEWERS] - used[0]) / WATCHED_S
    figure(
        "50 viewers cost",
        f"{100 * cost:.1f} % of a core; votes in {WATCHED_S} s: {votes[0]}, then {votes[VIEWERS]}",
    )
    assert cost < MOST_CPU
    assert votes == {each: pytest.approx(EXPECTED, rel=0.1) for each in votes}


@pytest.mark.timeout(TALK_S + 300, func_only=True)
def test_a_page_does_not_grow_during_a_talk(env, page, figure):
    with view(env) as shown:
        page.goto(shown.url)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")

        def heap() -> float:
            devtools.send("HeapProfiler.collectGarbage")
            found = devtools.send("Performance.getMetrics")["metrics"]
            return next(each["value"] for each in found if each["name"] == "JSHeapUsedSize")

        page.wait_for_timeout(FULL_S * 1000)
        first = heap()
        page.wait_for_timeout((TALK_S - FULL_S) * 1000)
        last = heap()
        shown.stop()
    figure("heap of a page after 2 and after 30 minutes", f"{first / 1e6:.2f} MB, {last / 1e6:.2f} MB")
    assert last < first * MOST_GROWTH
