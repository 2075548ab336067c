import io
import json
import logging
import logging.config

import pytest

from apm import logs

ASKED = "/v1/metrics?app=acme-vote&env=qa&metric=errorRate&window=5m&release=6f9c"


@pytest.fixture
def logged():
    """The log lines that the service's handler writes, parsed."""
    stream = io.StringIO()
    configuration = logs.configuration("apm", "r1", "INFO")
    configuration["handlers"]["stdout"]["stream"] = stream
    loggers = [logging.getLogger(name) for name in (None, *configuration["loggers"])]
    before = [(logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers[:], logger.level, logger.propagate = handlers, level, propagate


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
