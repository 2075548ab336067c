import re

import pytest

ASKED = "/v1/metrics?app=acme-vote&env=qa&metric=errorRate&window=5m"


def test_an_answer_has_the_six_fields(client, prometheus):
    prometheus.answer(s200=98, s500=2)

    answer = client.get(f"{ASKED}&release=6f9c")

    assert answer.status_code == 200
    assert answer.json == {
        "app": "acme-vote",
        "metric": "errorRate",
        "window": "5m",
        "release": "6f9c",
        "errorRate": 2.0,
        "requests": 100,
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_requests_the_error_rate_is_null(client):
    answer = client.get(ASKED).json

    assert (answer["errorRate"], answer["requests"], answer["release"]) == (None, 0, None)


@pytest.mark.parametrize(
    ("errors", "shown"), [(0, "0.0"), (1, "0.0001"), (20_000, "2.0"), (1_000_000, "100.0")]
)
def test_the_grep_of_the_seed_finds_the_exact_rate(client, prometheus, errors, shown):
    prometheus.answer(s200=1_000_000 - errors, s500=errors)

    found = re.search(r'"errorRate"[ \t\n]*:[ \t\n]*([0-9.]+)', client.get(ASKED).text)

    assert found
    assert found[1] == shown


def test_the_grep_of_the_seed_does_not_match_null(client):
    assert not re.search(r'"errorRate"[ \t\n]*:[ \t\n]*([0-9.]+)', client.get(ASKED).text)


@pytest.mark.parametrize(
    "path", ["/v1/metrics", ASKED.replace("errorRate", "latency"), ASKED + "0", ASKED + "&env=dev"]
)
def test_a_bad_query_gets_400_and_one_line(client, prometheus, path):
    answer = client.get(path)

    assert answer.status_code == 400
    assert list(answer.json) == ["error"]
    assert "\n" not in answer.json["error"]
    assert prometheus.asked == []


def test_an_unreachable_prometheus_is_503_only_where_it_is_needed(client, prometheus):
    prometheus.unreachable = True

    answer = client.get(ASKED)

    assert answer.status_code == 503
    assert answer.json == {"error": "Prometheus is unreachable: test"}
    assert client.get("/ready").status_code == 503
    assert client.get("/health").status_code == 200
    assert client.get("/metrics").status_code == 200


def test_ready_queries_prometheus(client, prometheus):
    assert client.get("/ready").status_code == 200
    assert prometheus.asked == ["vector(1)"]


def test_a_wrong_method_is_refused(client):
    answer = client.post(ASKED)

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_unknown_path_is_not_found(client):
    answer = client.get("/nothing")

    assert (answer.status_code, answer.json) == (404, {"error": "Page not found"})
