"""A presenter turns errors ON, sees every vote fail, and turns them OFF again."""

import re

import pytest
from playwright.sync_api import expect

BANNER = "ERRORS ON - All votes will fail with HTTP 500"

pytestmark = pytest.mark.usefixtures("errors_off")


def test_on_in_one_browser_is_on_in_another(site, page, another, api):
    page.goto(site.vote_url)
    expect(page.get_by_role("heading", name="Canary Rollback Testing")).to_be_visible()
    expect(page.get_by_text("Errors are OFF - votes work normally")).to_be_visible()
    expect(page.get_by_text(BANNER)).to_be_hidden()
    another.goto(site.vote_url)

    page.get_by_role("button", name="Turn Errors ON").click()

    expect(page.get_by_text("Errors are ON - all votes fail with HTTP 500")).to_be_visible()
    expect(page.get_by_text(BANNER)).to_be_visible()
    expect(another.get_by_text(BANNER)).to_be_hidden()
    another.reload()
    expect(another.get_by_text(BANNER)).to_be_visible()
    expect(another.get_by_role("button", name="Turn Errors OFF")).to_be_enabled()

    for option in ("Cats", "Dogs", "Cats"):
        with another.expect_response(lambda response: response.request.method == "POST") as answered:
            another.get_by_role("button", name=option).click()
        assert answered.value.status == 500
        expect(another.get_by_text("Simulated Error (HTTP 500)")).to_be_visible()
    for _ in range(20):
        answer = api.post("/", data={"vote": "a"})
        assert (answer.status_code, answer.json()) == (500, {"error": "Simulated Error"})
        assert api.get("/health").status_code == 200

    another.get_by_role("button", name="Turn Errors OFF").click()
    expect(another.get_by_text(BANNER)).to_be_hidden()
    another.get_by_role("button", name="Dogs").click()
    expect(another.get_by_text(re.compile("Vote taken: you vote for Dogs"))).to_be_visible()


def test_the_switch_works_with_the_keyboard(site, page):
    page.goto(site.vote_url)
    switch = page.locator("#error-toggle")
    expect(switch).to_be_enabled()
    for _ in range(4):  # two options, the link to the results, the switch
        page.keyboard.press("Tab")
    expect(switch).to_be_focused()

    page.keyboard.press("Space")

    expect(page.get_by_text(BANNER)).to_be_visible()
    expect(switch).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(BANNER)).to_be_hidden()


def test_another_site_cannot_flip_it(site, page, api):
    form = f'<form method="post" action="{site.vote_url}/api/error-sim"><button>Win a prize</button></form>'
    page.route("https://evil.example/", lambda route: route.fulfill(content_type="text/html", body=form))
    page.goto("https://evil.example/")

    with page.expect_response(f"{site.vote_url}/api/error-sim") as answered:
        page.get_by_role("button").click()

    assert answered.value.status == 403
    assert api.get("/api/error-sim").json() == {"enabled": False}


def test_the_banner_hides_nothing(site, page):
    """The banner is fixed at the top, also on a phone, and does not cover the heading."""
    for width, height in ((360, 740), (1280, 740), (360, 300)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(site.vote_url)
        if page.locator("#error-banner").is_hidden():
            page.get_by_role("button", name="Turn Errors ON").click()
        expect(page.get_by_text(BANNER)).to_be_visible()
        page.evaluate("scrollTo(0, 0)")
        banner = page.locator("#error-banner").bounding_box()
        heading = page.get_by_role("heading", level=1).bounding_box()
        assert banner["y"] == 0
        assert heading["y"] >= banner["height"]
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        first = page.get_by_role("button", name="Cats")
        first.focus()  # as Shift+Tab does: the browser scrolls it into view
        assert first.bounding_box()["y"] >= banner["height"]
        page.get_by_role("button", name="Turn Errors OFF").click()
        expect(page.get_by_text(BANNER)).to_be_hidden()
