"""The requests of the analysis script: to the APM with its parameters, and to a page by its Service."""

import json

import pytest

from k8s.tests.analysis import ASKS, RELEASE, answer

pytestmark = pytest.mark.servers


def test_it_asks_for_this_release_and_prints_what_it_asked_and_got(apm, analyse):
    apm.body = answer(0.25)

    measured = analyse("error-rate", NEW_RELIC_HOST=apm.url, **ASKS)

    assert apm.parameters() == {
        "app": ["shop-vote"],
        "env": ["qa"],
        "metric": ["errorRate"],
        "window": ["5m"],
        "release": [RELEASE],
    }
    assert measured.line["asked"] == apm.url + apm.asked[0]
    assert json.loads(measured.line["got"]) == json.loads(apm.body)
    assert measured.line["status"] == "200"


def test_parameters_cannot_add_to_the_question(apm, analyse):
    apm.body = answer()

    analyse("error-rate", NEW_RELIC_HOST=apm.url, **ASKS | {"APP_NAME": "x&release=old"})

    assert apm.parameters()["app"] == ["x&release=old"]
    assert apm.parameters()["release"] == [RELEASE]


@pytest.mark.parametrize("host", [{}, {"NEW_RELIC_HOST": ""}], ids=["unset", "empty"])
def test_without_new_relic_the_platforms_apm_is_asked(apm, analyse, host):
    apm.body = answer()

    measured = analyse("error-rate", connect={"apm.shop-platform.svc:80": apm.port}, **ASKS, **host)

    assert measured.passed
    assert measured.line["asked"].startswith("http://apm.shop-platform.svc/v1/metrics?")


def test_new_relic_is_asked_by_https(apm, analyse):
    apm.body = answer()

    measured = analyse(
        "error-rate", connect={"nr.example:443": apm.port}, **ASKS, NEW_RELIC_HOST="nr.example"
    )

    assert not measured.passed  # this server speaks no TLS
    assert not apm.asked
    assert measured.line["asked"].startswith("https://nr.example/v1/metrics?")


@pytest.mark.parametrize("name", ["ERROR_THRESHOLD", "MIN_REQUESTS"])
@pytest.mark.parametrize("value", ["", "abc", "-1", "2%"])
def test_a_limit_that_is_no_number_fails(apm, analyse, name, value):
    apm.body = answer()

    measured = analyse("error-rate", NEW_RELIC_HOST=apm.url, **ASKS | {name: value})

    assert not measured.passed
    assert measured.line["reason"] == "a limit is not a number"


@pytest.mark.parametrize("name", ["RELEASE", "NAMESPACE"])
@pytest.mark.parametrize("check", ["health", "error-rate"])
def test_without_a_release_or_namespace_nothing_is_asked(apm, analyse, check, name):
    measured = analyse(check, NEW_RELIC_HOST=apm.url, **ASKS | {name: ""})

    assert not measured.passed
    assert measured.line["reason"] == f"{name} is not set"
    assert not apm.asked


def test_an_unknown_check_fails(analyse):
    assert not analyse("helth", **ASKS).passed


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, f'<dd id="release">{RELEASE}</dd>', "this release answers"),
        (200, '<dd id="release">other</dd>', "another release answers"),
        (200, "", "another release answers"),
        (500, f'<dd id="release">{RELEASE}</dd>', "the answer is HTTP 500"),
    ],
)
def test_health_is_the_page_of_this_release(apm, analyse, status, body, reason):
    apm.status, apm.body = status, body
    host = "vote-canary.shop-qa.svc:80"

    measured = analyse("health", connect={host: apm.port}, SERVICE_NAME="vote-canary", **ASKS)

    assert measured.passed == (reason == "this release answers")
    assert measured.line["reason"] == reason
