"""A switch that was not flipped, in Chromium: the page says why, long enough to be read while votes go on."""

import threading

import pytest
from playwright.sync_api import expect

from e2e.conftest import browser_type_launch_args  # noqa: F401 - the repository's Chromium

from . import bad_release
from .watching import fits, open_at

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore::ResourceWarning")]
WHY = "HTTP 503 at https://vote-canary-acme-qa.localhost:8443, after three seconds without any answer"


@pytest.fixture
def voting(view):
    """Somebody votes ten times a second."""
    ended = threading.Event()

    def vote():
        while not ended.wait(0.1):
            view.session.publish("vote", release=bad_release.STABLE, ok=True, status=200, ms=5)

    thread = threading.Thread(target=vote)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.usefixtures("voting")
def test_a_refusal_stays_for_some_seconds_fits_and_then_the_state_is_back(view, page, monkeypatch, width):
    monkeypatch.setattr(view, "refusal", WHY)
    open_at(view, page, 28_000, width, 720)
    page.keyboard.press("Space")
    said = page.locator("#switch-state")
    expect(said).to_have_text(f"Not changed: {WHY}")
    page.wait_for_timeout(1500)
    expect(said).to_have_text(f"Not changed: {WHY}", timeout=1)
    assert fits(page, width)
    assert width == 360 or page.evaluate("document.documentElement.scrollHeight") <= 720
    expect(said).to_have_text("Errors are ON", timeout=8000)


@pytest.mark.usefixtures("voting")
def test_the_next_press_replaces_the_refusal(view, page, monkeypatch):
    monkeypatch.setattr(view, "refusal", WHY)
    open_at(view, page, 28_000)
    page.keyboard.press("Space")
    expect(page.locator("#switch-state")).to_have_text(f"Not changed: {WHY}")
    monkeypatch.setattr(view, "refusal", "")
    page.keyboard.press("Space")
    expect(page.locator("#switch-state")).to_have_text("Errors are OFF", timeout=1000)


def test_a_button_without_a_canary_stays_disabled_after_an_answer(view, page):
    """The release is stopped while the press is on its way: the answer must not enable the button again."""
    open_at(view, page, 28_000)
    held = []
    page.route("**/api/switch", lambda route: held.append(route))  # noqa: PLW0108 - playwright cannot wrap a built-in
    page.keyboard.press("Space")
    page.wait_for_timeout(100)
    view.session.publish("switch", release="", enabled=False)
    view.play(59_000)
    expect(page.locator("#phase")).to_have_text("Healthy")
    page.evaluate("""() => {
      const act = document.querySelector("#act");
      window.enabled = [];
      new MutationObserver(() => enabled.push(!act.disabled)).observe(act, { attributeFilter: ["disabled"] });
    }""")
    held[0].fulfill(status=503, json={"error": WHY})
    expect(page.locator("#switch-state")).to_have_text(f"Not changed: {WHY}")
    assert True not in page.evaluate("enabled")
    expect(page.locator("#act")).to_be_disabled()
