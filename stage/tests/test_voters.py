"""The voters on a real vote server that answers, fails, hangs and refuses."""

import threading
import time

import pytest

from stage import voters
from stage.voters import Voters

from .servers import Events, Server, running, say, serving

pytestmark = pytest.mark.servers


class Site(Server):
    """A vote service; `status` is its answer, and `release` who gives it."""

    status, release = 200, "good"

    def __init__(self) -> None:
        self.votes: list[tuple[int, str, bytes, str | None]] = []
        super().__init__()

    def answer(self, request) -> None:
        synthetic, cookie = request.headers["X-Synthetic-Vote"], request.headers["Cookie"]
        self.votes.append((request.client_address[1], synthetic, request.body, cookie))
        headers = {"X-Release": self.release} if self.release else {}
        say(request, {}, status=self.status, headers=headers | {"Set-Cookie": "voter=me; Path=/"})


@pytest.fixture
def site():
    with serving(Site()) as server:
        yield server


@pytest.fixture
def events():
    return Events()


@pytest.fixture
def voting(site, events, monkeypatch):
    monkeypatch.setattr(voters, "PATIENCE_S", 0.5)
    made, stop = Voters(site.url, site.address, events, rate=40), threading.Event()
    with running([], stop, made.source):
        made.start()
        yield made
        made.end()
    for thread in made._threads:
        thread.join(timeout=5)


def test_each_vote_is_synthetic_and_on_a_connection_of_its_own(voting, site, events):
    _, vote = events.wait("vote")
    assert vote | {"ms": 0} == {"release": "good", "ok": True, "status": 200, "ms": 0}
    assert vote["ms"] < 500
    events.wait("source", lambda content: content["known"])

    end = time.monotonic() + 5
    while len(events.named("vote")) < 10 and time.monotonic() < end:
        time.sleep(0.02)
    ports, synthetic, forms, cookies = zip(*site.votes, strict=True)
    assert len(set(ports)) == len(ports) >= 10
    assert {*synthetic} == {"1"}
    assert {*forms} == {b"vote=a", b"vote=b"}
    assert {*cookies} == {None}


def test_a_failed_vote_has_its_release_and_no_reason(voting, site, events):
    site.status, site.release = 500, "bad"

    _, vote = events.wait("vote", lambda content: content["release"] == "bad")

    assert (vote["ok"], vote["status"]) == (False, 500)
    assert "why" not in vote


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("hangs", "no answer in time"),
        ("refuses", "Connection refused"),
        ("proxy", "HTTP 502"),
    ],
)
def test_a_vote_that_no_release_answered_says_what_happened(voting, site, events, how, why):
    events.wait("vote")
    if how == "hangs":
        site.broken = "hang"
    elif how == "refuses":
        site.die()
    else:
        site.release, site.status = "", 502

    _, vote = events.wait("vote", lambda content: content.get("why") == why)

    assert (vote["release"], vote["ok"], vote["status"]) == ("", False, 502 if how == "proxy" else 0)


def test_a_lost_front_door_is_not_known_within_five_seconds_and_comes_back(voting, site, events):
    events.wait("source", lambda content: content["known"])
    lost = time.monotonic()
    site.broken = "hang"
    at, unknown = events.wait("source", lambda content: not content["known"])
    assert at - lost < 5
    assert unknown == {"source": "users", "known": False, "why": "no answer in time"}

    events.forget()
    site.broken = ""
    events.wait("source", lambda content: content["known"])


def test_an_answer_without_a_release_is_no_accepted_vote(voting, site, events):
    site.release = ""

    _, vote = events.wait("vote", lambda content: not content["release"])

    assert (vote["ok"], vote["status"], vote["why"]) == (False, 200, "HTTP 200")


def test_no_vote_begins_after_the_end(voting, site, events):
    events.wait("vote")
    voting.end()
    for thread in voting._threads:
        thread.join(timeout=2)
    asked = len(site.asked)
    time.sleep(0.3)
    assert len(site.asked) == asked
