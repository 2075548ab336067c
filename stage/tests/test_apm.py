"""apm through the API server's proxy, and directly."""

import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from stage.apm import Apm, Question, direct, proxied
from stage.sources import FAILURES, Source, SourceError, failure, repeat

from .servers import Direct, Events, Server, running, say, serving

pytestmark = pytest.mark.servers


class Answering(Server):
    """Gives the answer that it was told."""

    content: object = None

    def answer(self, request) -> None:
        say(request, self.content)


class Following:
    """A cluster on which this release is judged, and can be reached."""

    def __init__(self) -> None:
        self.state, self.second = self, "bad"
        self.release = "bad"


@pytest.fixture
def server():
    with serving(Answering()) as made:
        yield made


@pytest.fixture
def events():
    return Events()


@pytest.fixture
def following():
    return Following()


@pytest.fixture
def apm(server, following, events):
    question = Question(app="shop-vote", env="qa", window="5m")
    return Apm(proxied(Direct(server), "shop-platform"), question, following, events)


@pytest.mark.parametrize(("percent", "requests"), [(13.78, 399), (0.0, 91), (None, 0)])
def test_the_rate_is_asked_through_the_proxy_and_published(apm, server, events, percent, requests):
    server.content = {"errorRate": percent, "requests": requests, "release": "bad"}

    apm.ask()

    assert events.named("rate") == [{"release": "bad", "percent": percent, "requests": requests}]
    ((_, asked),) = server.asked
    url = urlsplit(asked)
    assert url.path == "/api/v1/namespaces/shop-platform/services/apm:http/proxy/v1/metrics"
    assert parse_qs(url.query) == {
        "app": ["shop-vote"],
        "env": ["qa"],
        "metric": ["errorRate"],
        "window": ["5m"],
        "release": ["bad"],
    }


def test_a_pod_asks_apm_itself(server, following, events):
    server.content = {"errorRate": 0.0, "requests": 91, "release": "bad"}
    question = Question(app="shop-vote", env="qa", window="5m")

    Apm(direct(f"http://{server.address}"), question, following, events).ask()

    assert urlsplit(server.asked[0][1]).path == "/v1/metrics"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "object is not subscriptable"),
        ("no JSON", "Expecting value"),
        ({"errorRate": 1.0, "requests": 9, "release": "good"}, "about another release"),
        ({"errorRate": "1", "requests": 9, "release": "bad"}, "not a rate"),
        ({"error": "x"}, "errorRate"),
    ],
)
def test_an_answer_that_is_not_a_rate_of_this_release_is_no_rate(apm, server, events, content, why):
    server.content = content

    with pytest.raises(FAILURES) as raised:
        apm.ask()

    assert why in failure(raised.value)
    assert not events.named("rate")


def test_apm_says_itself_why_it_does_not_answer(apm, server):
    server.broken = "503"

    with pytest.raises(SourceError, match=r"^Prometheus is unreachable$"):
        apm.ask()


def test_without_a_release_there_is_nothing_to_ask(apm, following, server):
    following.release = ""

    with pytest.raises(SourceError, match="no release is known"):
        apm.ask()
    assert not server.asked


@pytest.mark.parametrize("broken", ["hang", "503"])
def test_a_lost_apm_is_not_known_within_five_seconds_and_comes_back(apm, server, events, broken):
    server.content = {"errorRate": 0.0, "requests": 91, "release": "bad"}
    source, stop = Source("apm", events), threading.Event()
    asking = threading.Thread(target=repeat, args=(source, apm.ask, stop), daemon=True)
    with running([asking], stop, source):
        events.wait("source", lambda content: content["known"])
        lost = time.monotonic()
        server.broken = broken
        at, _ = events.wait("source", lambda content: not content["known"])
        assert at - lost < 5
        events.forget()
        server.broken = ""
        server.released.set()
        events.wait("source", lambda content: content["known"])
