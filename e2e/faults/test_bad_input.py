"""The answers of vote to bad input, through the real server and HTTPS."""

import socket

import pytest

from e2e.faults.tally import counted
from e2e.sites import wait_until


@pytest.fixture(scope="module")
def site(machine):
    return machine.start_all()


@pytest.fixture
def browser(site):
    with site.client() as client:
        yield client


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BAD = {
    "missing": ("POST", {"data": {"other": "a"}}, 400),
    "empty": ("POST", {"data": {"vote": ""}}, 400),
    "unknown": ("POST", {"data": {"vote": "c"}}, 400),
    "twice": ("POST", {"data": {"vote": ["a", "b"]}}, 400),
    "1 MB": ("POST", {"data": {"vote": "a" * 1_000_000}}, 413),
    "binary": ("POST", {"content": b"\x00\xff\xfe" * 50, "headers": FORM}, 400),
    "json": ("POST", {"json": {"vote": "a"}}, 415),
    "no type": ("POST", {"content": b"vote=a"}, 415),
    "wrong method": ("PUT", {"data": {"vote": "a"}}, 405),
}


@pytest.mark.parametrize(("method", "sent", "status"), BAD.values(), ids=BAD)
def test_bad_votes_are_refused_every_time(site, browser, method, sent, status):
    """Ten times over persistent connections: an early answer to a long body must not break the proxy."""
    before = site.total()

    answers = [browser.request(method, "/", **sent) for _ in range(10)]

    assert {answer.status_code for answer in answers} == {status}
    assert "\n" not in answers[0].json()["error"]
    assert site.total() == before


@pytest.mark.parametrize("forged", ["x", "a" * 33, "a" * 7000])
def test_a_forged_voter_gets_a_new_id(browser, forged):
    answer = browser.post("/", data={"vote": "a"}, headers={"Cookie": f"voter={forged}"})

    assert answer.status_code == 200
    assert len(answer.cookies["voter"]) == 32


def test_silent_connections_block_no_requests(machine, browser):
    """Browsers open connections in advance, and some clients never send anything."""
    silent = [socket.create_connection(("127.0.0.1", machine.ports.vote)) for _ in range(40)]
    try:
        assert browser.post("/", data={"vote": "a"}, timeout=2).status_code == 200
    finally:
        for connection in silent:
            connection.close()


def test_other_sites_cannot_flip_the_switch(browser):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert browser.post("/api/error-sim", headers=headers).status_code == 403
    assert browser.get("/api/error-sim").json() == {"enabled": False}


def test_synthetic_votes_are_not_in_the_tally(machine, browser):
    synthetic = browser.post("/", data={"vote": "a"}, headers={"X-Synthetic-Vote": "1"}).raise_for_status()
    browser.cookies.clear()
    real = browser.post("/", data={"vote": "a"}).raise_for_status()

    wait_until(
        lambda: real.cookies["voter"] in counted(machine.postgres.url), what="the later vote is counted"
    )
    assert synthetic.cookies["voter"] not in counted(machine.postgres.url)
