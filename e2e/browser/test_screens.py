"""Both pages on every screen: a 4K wall display read from ten metres, a laptop, a small phone."""

import pytest
from playwright.sync_api import expect

# At ten metres, normal sight resolves letters 14.5 mm high (five minutes of arc). A capital is 0.7 of its
# font size, and a pixel of a 75 inch 4K screen is 0.43 mm: 48 px. Important texts are half as large again.
SMALLEST = 48
FOLLOWED = 72
SMALL = """() => [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility()
  && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .map((element) => [parseFloat(getComputedStyle(element).fontSize), element.textContent.trim()])"""
VOTE = ["h1", ".option", ".message", "#error-heading", "#error-toggle", "#error-status", "#error-banner"]
RESULT = ["h1", "h2", ".percent", ".votes", "#total"]


def size(page, selector: str) -> float:
    return page.locator(selector).first.evaluate(
        "(element) => parseFloat(getComputedStyle(element).fontSize)"
    )


def open_vote(site, page, width: int, height: int) -> None:
    """Show the state with the most content: the banner, the failed vote, the switch."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(site.vote_url)
    page.get_by_role("button", name="Turn Errors ON").click()
    expect(page.locator("#error-banner")).to_be_visible()
    page.get_by_role("button", name="Dogs").click()
    expect(page.get_by_text("Simulated Error")).to_be_visible()
    expect(page.locator("#error-toggle")).to_be_enabled()


def open_result(site, page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(site.result_url)
    expect(page.locator("#option-a .votes")).to_be_visible()
    page.evaluate("document.getElementById('stale').textContent = 'Not up to date since 12:00'")


@pytest.mark.usefixtures("errors_off")
@pytest.mark.parametrize(("shows", "followed"), [(open_vote, VOTE), (open_result, RESULT)])
@pytest.mark.parametrize(("width", "height"), [(3840, 2160), (1920, 1080)])
def test_a_wall_is_filled_and_read_from_ten_metres(site, page, shows, followed, width, height):
    """A 4K screen, with a scale factor of 1 and of 2."""
    shows(site, page, width, height)
    scale = width / 3840

    for selector in followed:
        assert size(page, selector) >= FOLLOWED * scale, selector
    assert [found for found in page.evaluate(SMALL) if found[0] < SMALLEST * scale] == []
    assert page.locator("main").bounding_box()["width"] >= width * 0.75
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.usefixtures("errors_off")
def test_each_page_fits_a_laptop(site, page):
    for shows in (open_vote, open_result):
        shows(site, page, 1280, 800)
        assert page.evaluate("document.documentElement.scrollHeight") <= 800


@pytest.mark.usefixtures("errors_off")
def test_a_small_phone_needs_no_sideways_scrolling(site, page):
    for shows in (open_vote, open_result):
        shows(site, page, 320, 568)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert size(page, "body") == 16


@pytest.mark.parametrize("page_of", ["vote_url", "result_url"])
def test_both_pages_follow_the_system_s_colours(site, page, page_of):
    backgrounds = []
    for colors in ("light", "dark"):
        page.emulate_media(color_scheme=colors)
        page.goto(getattr(site, page_of))
        backgrounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert backgrounds == ["rgb(246, 247, 249)", "rgb(18, 21, 25)"]
