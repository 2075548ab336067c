"""The result page in a browser during outages of the database and the service: it shows them and recovers."""

import re

import pytest
from playwright.sync_api import expect

STALE = re.compile(r"^Not up to date since \d\d:\d\d$")
SOON_MS = 20_000


@pytest.fixture(scope="module")
def running(machine):
    return machine.start_all()


def test_it_shows_since_when_it_is_stale_and_recovers(machine, running, page):
    page.goto(running.result_url)
    stale, total = page.locator("#stale"), page.locator("#total")
    expect(total).to_have_text("No votes yet")
    expect(stale).to_have_text("")

    machine.postgres.stop()
    expect(stale).to_have_text(STALE, timeout=SOON_MS)
    machine.postgres.start()
    expect(stale).to_have_text("", timeout=SOON_MS)

    machine.kill("result")
    expect(stale).to_have_text(STALE, timeout=SOON_MS)
    with running.client() as voter:
        assert voter.post("/", data={"vote": "a"}).is_success
    machine.start("result")
    expect(total).to_have_text("1 vote in total", timeout=SOON_MS)
    expect(stale).to_have_text("")
