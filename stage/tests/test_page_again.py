"""A recording that has ended, in Chromium: whoever plays it again, every viewer sees it from the start."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from e2e.conftest import browser_type_launch_args  # noqa: F401 - the repository's Chromium

from .watching import TEXTS, View, fits, open_at

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.fixture
def replayed():
    with View(live=False).serving() as served:
        yield served


def end(view):
    view.play(60_000)
    view.session.publish("end")


@pytest.mark.parametrize("how", ["click", "space", "enter"])
def test_every_viewer_sees_it_again_and_nothing_is_left_over(replayed, page, new_context, how):
    other = new_context().new_page()
    open_at(replayed, page, 58_000)
    open_at(replayed, other, 58_000)
    button = page.get_by_role("button", name="Play again")
    expect(button).to_be_hidden()
    end(replayed)
    for each in (page, other):
        expect(each.get_by_role("button", name="Play again")).to_be_enabled()
        expect(each.locator("#key")).to_have_text("space")
    if how == "click":
        button.click()
    else:
        button.focus() if how == "enter" else None
        page.keyboard.press(how.title())
    for each in (page, other):
        expect(each.locator("#headline")).to_contain_text("The rollout is not known")
        expect(each.locator("#act")).to_be_hidden()
        expect(each.locator("#key")).to_be_hidden()
        expect(each.get_by_role("alert")).to_be_hidden()
    replayed.play(13_000)
    fresh = new_context().new_page()
    open_at(replayed, fresh, 13_000)
    texts = fresh.evaluate(TEXTS)
    for each in (page, other):
        each.wait_for_function(f"(texts) => JSON.stringify({TEXTS}) === JSON.stringify(texts)", arg=texts)
        expect(each.locator("#when")).to_contain_text("50:13 recorded")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 740)])
def test_its_end_fits_and_axe_finds_nothing(replayed, page, width, height):
    open_at(replayed, page, 58_000, width, height)
    end(replayed)
    expect(page.get_by_role("button", name="Play again")).to_be_enabled()
    assert fits(page, width)
    if width == 1280:
        assert page.evaluate("document.documentElement.scrollHeight") <= height
    else:
        left = [page.locator(part).bounding_box()["x"] for part in ("#verdict", "#act")]
        assert left[0] == pytest.approx(left[1], abs=1), "the button begins where the text does"
    assert Axe().run(page).response["violations"] == []


def test_the_second_of_two_viewers_who_press_at_once_changes_nothing(replayed, page):
    open_at(replayed, page, 58_000)
    end(replayed)
    button = page.get_by_role("button", name="Play again")
    expect(button).to_be_enabled()
    page.evaluate("for (const _ of [1, 2]) fetch('/api/again', { method: 'POST' })")
    expect(button).to_be_hidden()
    replayed.play(13_000)
    expect(page.locator("#first .ok b")).not_to_have_text("0")
    counts = replayed.session.snapshot()["counts"]
    assert sum(count["ok"] for count in counts.values()) < 130, "one minute is not counted twice"
