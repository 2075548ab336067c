"""The pictures in README; `make screenshots` updates them."""

from pathlib import Path

import pytest
from playwright.sync_api import expect


@pytest.fixture
def pictures(pytestconfig) -> Path:
    folder = pytestconfig.rootpath / pytestconfig.getoption("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def take(page, path: Path) -> None:
    page.mouse.move(0, 0)
    page.screenshot(path=path)
    assert path.stat().st_size < 200_000


def test_vote_page(site, page, errors_off, pictures):
    page.set_viewport_size({"width": 1100, "height": 780})
    page.goto(site.vote_url)
    page.get_by_role("button", name="Cats").click()
    expect(page.get_by_role("button", name="Turn Errors ON")).to_be_enabled()
    take(page, pictures / "vote.png")

    page.get_by_role("button", name="Turn Errors ON").click()
    expect(page.locator("#error-banner")).to_be_visible()
    page.get_by_role("button", name="Dogs").click()
    expect(page.locator("#error-banner")).to_be_visible()
    expect(page.get_by_role("button", name="Turn Errors OFF")).to_be_enabled()
    take(page, pictures / "vote-errors-on.png")


def test_result_page(site, page, pictures):
    for vote in "aaaaabbb":
        with site.client() as voter:
            assert voter.post("/", data={"vote": vote}).is_success
    page.set_viewport_size({"width": 1100, "height": 660})
    page.emulate_media(reduced_motion="reduce")
    page.goto(site.result_url)
    expect(page.locator("#option-a .votes")).to_be_visible()
    take(page, pictures / "result.png")
