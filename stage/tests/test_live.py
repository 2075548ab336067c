"""Every source at once, on real servers; and which environments can be shown."""

import json
import time

import pytest

from delivery.domain.errors import ConfigurationError
from stage.apm import Question
from stage.app import SwitchError
from stage.events import Session
from stage.live import Target, arguments

from .kubernetes import Kubernetes
from .servers import Direct, Server, say, serving
from .test_cluster import BAD, STABLE


class Site(Server):
    """vote behind one address: the stable release for users, and the canary's switch."""

    enabled = False

    def answer(self, request) -> None:
        if request.path != "/api/error-sim":
            say(request, {}, headers={"X-Release": STABLE})
            return
        if request.command == "POST":
            self.enabled = not self.enabled
        say(request, {"enabled": self.enabled}, headers={"X-Release": BAD})


@pytest.fixture
def site():
    with serving(Site()) as server:
        yield server


@pytest.fixture
def kubernetes():
    with serving(Kubernetes()) as server:
        server.look(2)
        yield server


@pytest.fixture
def target(kubernetes, site):
    question = Question(platform="shop-platform", app="shop-vote", env="qa", window="5m")
    return Target(
        strategy="canary",
        namespace="shop-qa",
        users=site.url,
        second=site.url,
        threshold=2.0,
        question=question,
        api=Direct(kubernetes),
    )


def within(seconds, condition):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.servers
def test_a_session_follows_every_source_and_stops_within_two_seconds(target, kubernetes, site):
    lines = []
    session = Session(record=lines.append)
    session.publish("session", **target.session)
    with target.following(session.publish) as flip:
        within(5, lambda: session.snapshot()["sources"]["switch"]["known"])
        now = session.snapshot()
        assert now["session"]["environment"] == "qa"
        assert (now["rollout"]["release"], now["rollout"]["weight"]) == (BAD, 20)
        assert now["counts"].keys() == {STABLE}
        known = {name: each["known"] for name, each in now["sources"].items()}
        assert known == {"api": True, "users": True, "switch": True, "apm": False}  # this cluster has none
        assert flip()
        assert session.snapshot()["switch"] == {"release": BAD, "enabled": True} | {
            key: session.snapshot()["switch"][key] for key in ("t", "event")
        }
        kubernetes.look(9)
        within(2, lambda: session.snapshot()["abort"])
        with pytest.raises(SwitchError, match="no canary or preview"):
            flip()
        asked = time.monotonic()
    assert time.monotonic() - asked < 2
    events = [json.loads(line) for line in lines]
    assert events[0]["event"] == "session"
    assert [each["t"] for each in events] == sorted(each["t"] for each in events)


def test_an_environment_without_a_second_release_cannot_be_shown():
    with pytest.raises(ConfigurationError, match=r"^dev has no canary or preview to show; choose ENV=qa or"):
        Target.existing("dev")


def test_the_threshold_is_that_of_the_cluster():
    health = {"spec": {"args": [{"name": "service-name"}]}}
    args = [
        {"name": "namespace"},
        {"name": "error-threshold", "value": "2"},
        {"name": "window", "value": "5m"},
    ]

    assert arguments([health, {"spec": {"args": args}}])["error-threshold"] == "2"
    with pytest.raises(ConfigurationError, match="no AnalysisTemplate"):
        arguments([health])
