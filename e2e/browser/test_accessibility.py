"""axe finds no accessibility violations, on both pages and in every state."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def complaints(page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{found['id']}: {found['nodes'][0]['html']}" for found in violations]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("colors", ["light", "dark"])
def test_vote_page(site, page, errors_off, width, colors):
    page.emulate_media(color_scheme=colors)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.vote_url)
    expect(page.locator("#error-toggle")).to_be_enabled()
    assert complaints(page) == []

    page.get_by_role("button", name="Cats").click()
    expect(page.locator("#error-toggle")).to_be_enabled()
    assert complaints(page) == []

    page.get_by_role("button", name="Turn Errors ON").click()
    expect(page.locator("#error-banner")).to_be_visible()
    expect(page.locator("#error-toggle")).to_be_enabled()
    assert complaints(page) == []

    page.get_by_role("button", name="Dogs").click()
    expect(page.get_by_text("Simulated Error")).to_be_visible()
    expect(page.locator("#error-toggle")).to_be_enabled()
    assert complaints(page) == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("colors", ["light", "dark"])
def test_result_page(site, page, width, colors):
    page.emulate_media(color_scheme=colors)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.result_url)
    expect(page.locator("#option-a .votes")).to_be_visible()

    assert complaints(page) == []
