import logging

ASKED = "/v1/metrics?app=acme-vote&env=qa&metric=errorRate&window=5m&release=6f9c"


def test_each_answer_is_one_line(client, prometheus, logged):
    prometheus.answer(s200=98, s500=2)
    answer = client.get(ASKED).json

    (line,) = logged()
    assert (line["service"], line["release"], line["message"]) == ("apm", "r1", "measured")
    assert (line["env"], line["answer"]) == ("qa", answer)


def test_a_failed_query_is_logged_with_its_reason(client, prometheus, logged):
    prometheus.unreachable = True
    client.get(ASKED)

    (line,) = logged()
    assert (line["level"], line["message"]) == ("ERROR", "query failed: Prometheus is unreachable: test")


def test_queries_to_prometheus_are_not_logged(logged):
    logging.getLogger("httpx").info("HTTP Request: GET http://user:password@prometheus/")

    assert logged() == []
