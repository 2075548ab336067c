"""People vote, change their minds and watch the results."""

import re

import pytest
from playwright.sync_api import expect

LIVE_MS = 1000  # a vote is on every result page within this time


def shown(page, option: str) -> int:
    """The count that the result page shows for an option."""
    return int(page.locator(f"#option-{option} .votes").inner_text().split()[0].replace(",", ""))


def test_a_vote_and_its_change_appear_in_another_tab(site, page, another):
    results, voting = page, another
    results.goto(site.result_url)
    before = shown(results, "a"), shown(results, "b")

    voting.goto(site.vote_url)
    voting.get_by_role("button", name="Cats").click()

    expect(voting.get_by_role("status").first).to_have_text(re.compile("Vote taken: you vote for Cats"))
    count = re.compile(rf"^{before[0] + 1}\b")
    expect(results.locator("#option-a .votes")).to_have_text(count, timeout=LIVE_MS)

    voting.get_by_role("button", name="Dogs").click()

    expect(voting.get_by_role("status").first).to_have_text(re.compile("Vote changed: you now vote for Dogs"))
    count = re.compile(rf"^{before[1] + 1}\b")
    expect(results.locator("#option-b .votes")).to_have_text(count, timeout=LIVE_MS)
    assert shown(results, "a") == before[0]


def test_the_vote_is_shown_after_a_reload(site, page):
    page.goto(site.vote_url)
    page.get_by_role("button", name="Dogs").click()

    page.goto(site.vote_url)

    expect(page.get_by_role("button", name="Dogs")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Your vote is for Dogs")).to_be_visible()


def test_voting_works_with_the_keyboard(site, page):
    page.goto(site.vote_url)

    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Cats")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Vote taken: you vote for Dogs")).to_be_visible()


def test_voting_works_without_javascript(site, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(site.vote_url)

    page.get_by_role("button", name="Cats").click()

    expect(page.get_by_text("Vote taken: you vote for Cats")).to_be_visible()


def test_both_pages_fit_a_phone(site, new_context):
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    for url in (site.vote_url, site.result_url):
        page.goto(url)

        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for control in page.get_by_role("button").all():
            box = control.bounding_box()
            assert box["height"] >= 44  # large enough for a thumb
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360


@pytest.mark.parametrize(
    ("page_of", "asks_for", "later"),
    [
        ("vote_url", "/api/error-sim", "10:00"),
        ("result_url", "/events", "00:20"),  # the stream itself sends an event every ten seconds
    ],
)
def test_nothing_polls(site, page, watched, page_of, asks_for, later):
    """After the page has loaded, time passes without further requests."""
    url = getattr(site, page_of)
    page.clock.install()
    with page.expect_response(f"{url}{asks_for}"):
        page.goto(url)
    at_load = list(watched.requests)
    assert at_load.count(f"GET {url}{asks_for}") == 1

    page.clock.run_for(later)

    assert watched.requests == at_load


def test_everything_is_https_without_errors_or_warnings(site, page, watched, errors_off):
    page.goto(site.vote_url)
    page.get_by_role("button", name="Cats").click()
    page.get_by_role("button", name="Turn Errors ON").click()
    expect(page.get_by_role("button", name="Turn Errors OFF")).to_be_enabled()
    page.get_by_role("button", name="Turn Errors OFF").click()
    expect(page.get_by_role("button", name="Turn Errors ON")).to_be_enabled()
    page.get_by_role("link", name="results").click()
    expect(page.locator("#option-a .votes")).to_be_visible()

    origins = {site.vote_url, site.result_url}
    foreign = [line for line in watched.requests if not any(f" {origin}/" in line for origin in origins)]
    assert foreign == []
    assert watched.complaints == []
