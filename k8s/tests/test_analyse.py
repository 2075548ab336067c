"""Runs the analysis script as its Job does, against a real HTTP server: an unreadable answer fails."""

import json
import socket
import threading
import time

import pytest

from k8s.tests.analysis import ASKS, RELEASE, answer

pytestmark = pytest.mark.servers

NEW_RELIC = {"data": {"actor": {"account": {"nrql": {"results": [json.loads(answer(0.5))]}}}}}


@pytest.mark.parametrize(
    "body",
    [
        answer(0),
        answer(0.0),
        answer(1.99),
        answer(1.9e-7),
        answer(requests=10),
        answer(requests=12.5),
        json.dumps(json.loads(answer()), indent=2) + "\n",
        json.dumps(NEW_RELIC),
    ],
    ids=["0", "0.0", "1.99", "exponent", "just enough", "half requests", "indented", "New Relic's shape"],
)
def test_a_healthy_release_passes(apm, analyse, body):
    apm.body = body

    measured = analyse("error-rate", NEW_RELIC_HOST=apm.url, **ASKS)

    assert measured.passed, measured.line
    assert measured.line["verdict"] == "pass"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (answer(2), "2 % of the requests failed"),
        (answer(2.0), "2.0 % of the requests failed"),
        (answer(2.01), "2.01 % of the requests failed"),
        (answer(100), "100 % of the requests failed"),
        (answer("1e2").replace('"1e2"', "1e2"), "1e2 %"),
        (answer(None), "no errorRate"),
        (answer(float("nan")), "no errorRate"),
        (answer(float("inf")), "no errorRate"),
        (answer(-1), "no errorRate"),
        (answer("0.5"), "no errorRate"),
        (answer([0.5]), "no errorRate"),
        (answer(requests=9), "9 requests, fewer than 10"),
        (answer(requests=0), "0 requests, fewer than 10"),
        (answer(requests=None), "no number of requests"),
        (answer(release="other"), "another release"),
        (answer(release=RELEASE + "0"), "another release"),
        (answer(release=RELEASE[:-1]), "another release"),
        (answer(older={"errorRate": 0}), "no errorRate"),
        ("", "not a JSON object"),
        (" \n", "not a JSON object"),
        ("null", "not a JSON object"),
        ("[]", "not a JSON object"),
        ("{}", "another release"),
        (answer()[:-1], "not a JSON object"),
        (f"<html><pre>{answer()}</pre></html>", "not a JSON object"),
    ],
)
def test_what_is_bad_or_unreadable_fails_and_says_why(apm, analyse, body, reason):
    apm.body = body

    measured = analyse("error-rate", NEW_RELIC_HOST=apm.url, **ASKS)

    assert not measured.passed
    assert measured.line["verdict"] == "fail"
    assert reason in measured.line["reason"]


@pytest.mark.parametrize("status", [204, 301, 400, 404, 500, 503])
def test_a_good_answer_with_another_status_fails(apm, analyse, status):
    apm.status, apm.body = status, "" if status == 204 else answer()

    measured = analyse("error-rate", NEW_RELIC_HOST=apm.url, **ASKS)

    assert not measured.passed
    assert measured.line["reason"] == f"the answer is HTTP {status}"


def test_an_apm_that_is_down_fails(analyse):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    measured = analyse("error-rate", NEW_RELIC_HOST=f"http://127.0.0.1:{port}", **ASKS)

    assert not measured.passed
    assert "no answer: curl ended with 7" in measured.line["reason"]


def test_an_apm_that_refuses_at_first_is_asked_again(apm_later, analyse):
    apm_later.body = answer()

    measured = analyse("error-rate", NEW_RELIC_HOST=apm_later.url, CONNECT_FOR_S="40", **ASKS)

    assert measured.passed, measured.line
    assert len(apm_later.asked) == 1


def test_asking_again_ends(analyse):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    started = time.monotonic()

    measured = analyse("error-rate", NEW_RELIC_HOST=f"http://127.0.0.1:{port}", CONNECT_FOR_S="2", **ASKS)

    assert not measured.passed
    assert time.monotonic() - started >= 1  # the script's clock has whole seconds
    assert "no answer: curl ended with 7" in measured.line["reason"]


@pytest.mark.parametrize(("status", "body"), [(503, ""), (200, ""), (200, "no JSON"), (200, answer(100))])
def test_an_answer_is_never_asked_for_again(apm, analyse, status, body):
    apm.status, apm.body = status, body

    measured = analyse("error-rate", NEW_RELIC_HOST=apm.url, CONNECT_FOR_S="40", **ASKS)

    assert not measured.passed
    assert len(apm.asked) == 1


def test_a_connection_that_ends_without_an_answer_is_not_asked_again(analyse):
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = []

        def hang_up():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                asked.append(connection.recv(4096))
                connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        measured = analyse("error-rate", NEW_RELIC_HOST=url, CONNECT_FOR_S="40", **ASKS)
        server.shutdown(socket.SHUT_RDWR)
        thread.join()

    assert "no answer: curl ended with 52" in measured.line["reason"]
    assert len(asked) == 1


def test_a_redirect_is_not_followed(apm, analyse):
    """A login page, or another host, could answer in the APM's place."""
    apm.status, apm.body, apm.location = 302, answer(), "/v1/metrics"

    measured = analyse("error-rate", NEW_RELIC_HOST=apm.url, **ASKS)

    assert measured.line["reason"] == "the answer is HTTP 302"
    assert len(apm.asked) == 1
