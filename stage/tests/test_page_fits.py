"""The page in Chromium fits on projectors, phones and walls."""

import pytest
from playwright.sync_api import expect

from e2e.conftest import browser_type_launch_args  # noqa: F401 - the repository's Chromium

from .watching import MOMENTS, fits, open_at

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore::ResourceWarning")]
SMALL = """() => [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility()
  && !element.classList.contains("sr")
  && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .map((element) => [parseFloat(getComputedStyle(element).fontSize), element.textContent.trim()])
  .filter(([size]) => size < SMALLEST)"""

EDGES = """async () => {
  const { drawLane } = await import("/static/lanes.js");
  const canvas = document.querySelector("#second canvas");
  const votes = Array.from({ length: 3000 }, (_, n) => [n * 10, n % 2 === 0]);
  drawLane(canvas, { now: 30000, weight: 0, votes, moments: [] });
  const { width, height } = canvas;
  const column = (x) => canvas.getContext("2d").getImageData(x, 0, 1, height).data;
  const ink = (x) => Array.from({ length: height }, (_, y) => column(x)[y * 4 + 3]).filter(Boolean).length;
  return [ink(0), ink(width / 2), ink(width - 1)];
}"""


@pytest.mark.parametrize("until", MOMENTS.values(), ids=MOMENTS)
def test_a_projector_needs_no_scrolling_and_no_text_is_small(view, page, until):
    open_at(view, page, until)
    assert page.evaluate("document.documentElement.scrollHeight") <= 720
    assert fits(page, 1280)
    assert page.evaluate(SMALL.replace("SMALLEST", "23.99")) == []


def test_a_projector_shows_everything_at_once_even_with_sources_lost_and_unanswered_votes(view, page):
    view.session.publish("vote", release="", ok=False, status=0, ms=2000, why="timed out after 2 s")
    view.play(33_000)
    view.lose(["apm", "users", "switch"])
    open_at(view, page, 33_000)
    expect(page.locator("#others")).to_have_text("No release answered 1 vote: timed out after 2 s")
    assert page.evaluate("document.documentElement.scrollHeight") <= 720


def test_no_vote_is_cut_off_at_the_edge_of_its_lane(view, page):
    page.emulate_media(reduced_motion="reduce")
    open_at(view, page, 2_500)
    left, middle, right = page.evaluate(EDGES)
    assert max(left, right) <= 5, "the empty lane alone"
    assert middle > 20


def test_a_phone_shows_no_key(view, page):
    open_at(view, page, 13_000, 360, 740)
    expect(page.locator("#act")).to_be_enabled()
    expect(page.locator("#key")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (740, 360), (1024, 768), (3840, 2160)])
def test_phones_and_walls_need_no_sideways_scrolling(view, page, width, height):
    open_at(view, page, 33_000, width, height)
    assert fits(page, width)
    for part in page.locator("header p, #news, .lane, .lane p:visible, #verdict, li").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width, part.inner_text()
    if width == 3840:
        assert page.evaluate(SMALL.replace("SMALLEST", "71.9")) == []
        assert page.evaluate("document.documentElement.scrollHeight") <= height
