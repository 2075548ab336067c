"""The rollout and the verdicts, from a real HTTP server that speaks the watch protocol and breaks."""

import threading
import time

import pytest

from stage.cluster import Cluster, described

from .kubernetes import RECORDED, Kubernetes
from .servers import Direct, Events, running, serving

pytestmark = pytest.mark.servers

BAD, STABLE = "56ff959459", "5858495f87"
TELLS_WITHIN_S = 5


@pytest.fixture
def kubernetes():
    with serving(Kubernetes()) as server:
        server.look(0)
        yield server


@pytest.fixture
def events():
    return Events()


@pytest.fixture
def api(kubernetes):
    return Direct(kubernetes)


@pytest.fixture
def cluster(kubernetes, api, events):
    """The running sources; the first rollout event has come."""
    made, stop = Cluster(api, "shop-qa", events), threading.Event()
    with running(made.threads(stop), stop, made.source):
        events.wait("source", lambda content: content["known"])
        yield made
        kubernetes.released.set()  # its watches end now


def test_a_rollout_is_published_at_once_and_only_when_it_changes(cluster, kubernetes, events):
    (first,) = events.named("rollout")
    assert (first["release"], first["stable"], first["aborted"]) == (BAD, STABLE, False)

    changed = time.monotonic()
    kubernetes.look(2)
    at, paused = events.wait("rollout", lambda content: content["phase"] == "Paused")

    assert at - changed < 1
    assert paused["steps"][1] == "pause 5s"
    assert {each["role"] for each in paused["pods"]} == {"stable", "canary"}
    time.sleep(0.5)  # its ReplicaSets came after it
    seen = len(events.named("rollout"))
    kubernetes.look(2)
    time.sleep(0.5)
    assert len(events.named("rollout")) == seen


def test_an_abort_comes_with_its_message_and_the_verdicts_that_caused_it(cluster, kubernetes, events):
    for number in range(1, 10):
        kubernetes.look(number)
    _, aborted = events.wait("rollout", lambda content: content["aborted"])

    assert "Step-based analysis phase error/failed" in aborted["message"]
    assert aborted["weight"] == 0
    events.wait("verdict", lambda content: content["rate"] == 28.9256)
    end = time.monotonic() + 5
    while len(events.named("verdict")) < len(RECORDED["logs"]) and time.monotonic() < end:
        time.sleep(0.05)
    verdicts = events.named("verdict")
    assert len(verdicts) == len(RECORDED["logs"])  # each Job once; the stopped one has no result
    (worst,) = [each for each in verdicts if each["rate"] == 28.9256]
    assert worst | {"asked": ""} == {
        "check": "error-rate",
        "passed": False,
        "reason": "28.9256 % of the requests failed, not less than 2 %",
        "asked": "",
        "release": BAD,
        "kind": "Step",
        "step": 5,
        "rate": 28.9256,
        "requests": 484,
    }
    assert worst["asked"].startswith("http://apm.shop-platform.svc/v1/metrics?app=shop-vote")
    assert {each["kind"] for each in verdicts} == {"Background", "Step"}


def test_a_log_that_is_gone_leaves_what_argo_rollouts_says(cluster, kubernetes, events):
    kubernetes.logs.clear()
    kubernetes.look(9)

    _, failed = events.wait("verdict", lambda content: not content["passed"])

    assert failed["reason"] == "Failed; the Job's log cannot be read"
    assert (failed["rate"], failed["requests"]) == (None, None)


@pytest.mark.parametrize("gone", ["status", "event"])
def test_a_forgotten_history_is_listed_again(cluster, kubernetes, events, gone):
    kubernetes.gone = gone
    end = time.monotonic() + 5
    while kubernetes.gone and time.monotonic() < end:
        time.sleep(0.02)
    changed = time.monotonic()
    kubernetes.look(2)

    at, _ = events.wait("rollout", lambda content: content["phase"] == "Paused")
    assert at - changed < 1
    assert all(each["known"] for each in events.named("source"))


@pytest.mark.parametrize("how", ["dies", "hangs", "refuses"])
def test_a_lost_api_is_not_known_within_five_seconds_and_comes_back(cluster, kubernetes, events, api, how):
    lost = time.monotonic()
    if how == "dies":
        kubernetes.die()
    else:
        kubernetes.broken = {"hangs": "hang", "refuses": "401"}[how]
    at, unknown = events.wait("source", lambda content: not content["known"])
    assert at - lost < TELLS_WITHIN_S
    assert unknown["why"] in ("Connection refused", "no answer in time", "HTTP 401")
    events.forget()
    kubernetes.look(9)  # while nobody can see it

    back = time.monotonic()
    kubernetes.broken = ""
    kubernetes.released.set()
    if how == "dies":
        kubernetes.live()
    kubernetes.released = threading.Event()
    at, _ = events.wait("rollout", lambda content: content["aborted"])
    assert at - back < TELLS_WITHIN_S
    events.wait("source", lambda content: content["known"])
    assert api.forgotten  # a new token is asked for


def test_a_release_that_is_gone_is_said(cluster, kubernetes, events):
    (rollout,) = kubernetes.kinds["rollouts"].values()
    kubernetes.put(rollout | {"kind": "Rollout"}, "DELETED")

    _, none = events.wait("rollout", lambda content: not content["release"])

    assert none == described(None)
    assert cluster.second == ""


def test_there_is_a_second_release_until_it_is_aborted(cluster, kubernetes, events):
    kubernetes.look(2)
    events.wait("rollout", lambda content: all(each["ready"] for each in content["pods"]))
    assert cluster.second == BAD

    kubernetes.look(9)
    events.wait("rollout", lambda content: content["aborted"])
    assert cluster.second == ""


def test_verdicts_from_before_the_stage_started_are_not_told(kubernetes, api, events):
    kubernetes.look(9)
    for each in list(kubernetes.kinds["analysisruns"].values()):
        old = each["metadata"] | {"annotations": {"rollout.argoproj.io/revision": "3"}}
        kubernetes.put(each | {"kind": "AnalysisRun", "metadata": old})
    made, stop = Cluster(api, "shop-qa", events), threading.Event()
    with running(made.threads(stop), stop, made.source):
        events.wait("source", lambda content: content["known"])
        time.sleep(0.5)
        assert not events.named("verdict")


def test_threads_end_within_two_seconds(api, kubernetes, events):
    made, stop = Cluster(api, "shop-qa", events), threading.Event()
    threads = made.threads(stop)
    with running(threads, stop, made.source):
        events.wait("source", lambda content: content["known"])
        asked = time.monotonic()
        stop.set()
        for each in threads:
            each.join(timeout=3)
    assert time.monotonic() - asked < 2.2  # no longer than one watch
