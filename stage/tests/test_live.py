"""Every source at once, on real servers."""

import json
import time
from dataclasses import replace

import pytest

from stage.apm import Question, proxied
from stage.app import SwitchError
from stage.events import Session
from stage.live import Ways, following
from stage.target import Target

from .kubernetes import Kubernetes
from .servers import Direct, Site, serving, wait_until
from .test_cluster import BAD, STABLE


@pytest.fixture
def site():
    with serving(Site(STABLE, BAD)) as server:
        yield server


@pytest.fixture
def kubernetes():
    with serving(Kubernetes()) as server:
        server.look(2)
        yield server


@pytest.fixture
def target(site):
    return Target(
        strategy="canary",
        namespace="shop-qa",
        users=site.url,
        second=site.url,
        threshold=2.0,
        question=Question(app="shop-vote", env="qa", window="5m"),
    )


@pytest.fixture
def ways(kubernetes, site):
    api = Direct(kubernetes)
    return Ways(api=api, apm=proxied(api, "shop-platform"), front_door=site.address)


@pytest.mark.servers
def test_a_session_follows_every_source_and_stops_within_two_seconds(target, ways, kubernetes):
    lines = []
    session = Session(record=lines.append)
    session.publish("session", **target.session)
    with following(target, ways, session.publish) as flip:
        wait_until(lambda: session.snapshot()["sources"]["switch"]["known"], seconds=5)
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
        wait_until(lambda: session.snapshot()["abort"], seconds=2)
        with pytest.raises(SwitchError, match="no canary or preview"):
            flip()
        asked = time.monotonic()
    assert time.monotonic() - asked < 2
    events = [json.loads(line) for line in lines]
    assert events[0]["event"] == "session"
    assert [each["t"] for each in events] == sorted(each["t"] for each in events)


@pytest.mark.servers
def test_votes_of_somebody_else_are_shown_in_place_of_our_own(target, ways, site):
    votes = [b'{"release": "theirs", "ok": true, "status": 200, "ms": 3}'] * 7
    session = Session()
    with following(target, replace(ways, votes=votes), session.publish):
        wait_until(lambda: session.snapshot()["counts"] == {"theirs": {"ok": 7, "failed": 0}}, seconds=5)
    assert ("POST", "/") not in site.asked
