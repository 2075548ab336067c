"""The switch at the second release's own address, whichever release answers there."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from stage.error_switch import Switch
from stage.sources import SourceError

from .servers import Events, Server, say, serving, wait_until
from .test_apm import Following

pytestmark = pytest.mark.servers


class Address(Server):
    """Each request is answered by the next release, as vote does; the last one stays."""

    def __init__(self) -> None:
        self.releases, self.errors = ["bad"], set()
        self.hold = threading.Event()  # a POST waits for it
        self.hold.set()
        super().__init__()

    def answer(self, request) -> None:
        release = self.releases.pop(0) if len(self.releases) > 1 else self.releases[0]
        named = {"X-Release": release}
        if request.command == "POST":
            if request.headers.get("X-Release", release) != release:
                say(request, {"error": "another release"}, status=409, headers=named)
                return
            self.hold.wait()
            self.errors ^= {release}
        say(request, {"enabled": release in self.errors}, headers=named)


@pytest.fixture
def server():
    with serving(Address()) as made:
        yield made


@pytest.fixture
def events():
    return Events()


@pytest.fixture
def following():
    return Following()


@pytest.fixture
def switch(server, following, events):
    return Switch(server.url, server.address, following, events)


def test_the_switch_of_the_second_release_is_published(switch, events):
    switch.ask()
    switch.ask()

    assert events.named("switch") == [{"release": "bad", "enabled": False}]


def test_without_a_cluster_the_switch_is_not_known(switch, following, events):
    following.state = None

    with pytest.raises(SourceError, match="no release is known"):
        switch.ask()
    assert not events.named("switch")


def test_a_flip_toggles_it_and_says_so_at_once(switch, server, events):
    assert switch.flip()

    assert events.named("switch")[-1] == {"release": "bad", "enabled": True}
    assert [method for method, _ in server.asked] == ["GET", "POST"]
    assert not switch.flip()


def test_without_a_second_release_nothing_is_asked_or_flipped(switch, server, following, events):
    following.second = ""

    switch.ask()
    with pytest.raises(SourceError, match="no canary or preview"):
        switch.flip()

    assert events.named("switch") == [{"release": "", "enabled": False}]
    assert not server.asked


@pytest.mark.parametrize(
    ("answering", "asked"),
    [
        (["good"], ["GET"]),  # it answers at the canary's address once the canary is gone
        (["bad", "good"], ["GET", "POST"]),
    ],
    ids=["gone", "gone between the two requests"],
)
def test_the_stable_release_is_never_flipped(switch, server, events, answering, asked):
    server.releases = answering

    with pytest.raises(SourceError, match=r"good answers at .*, not bad"):
        switch.flip()

    assert [method for method, _ in server.asked] == asked
    assert not server.errors
    assert {"release": "good", "enabled": True} not in events.named("switch")


def test_two_presses_at_once_toggle_it_once(switch, server):
    server.hold.clear()
    with ThreadPoolExecutor() as presses:
        first = presses.submit(switch.flip)
        wait_until(lambda: ("POST", "/api/error-sim") in server.asked)
        try:
            with pytest.raises(SourceError, match="already being flipped"):
                switch.flip()
        finally:
            server.hold.set()
        assert first.result()
    assert server.errors == {"bad"}
    assert not switch.flip(), "later, it toggles again"
