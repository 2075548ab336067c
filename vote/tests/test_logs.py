import io
import json
import logging
import logging.config

import pytest

from vote import logs


@pytest.fixture
def logged():
    """The log lines that the service's handler writes, parsed."""
    stream = io.StringIO()
    configuration = logs.configuration("vote", "r1", "INFO")
    configuration["handlers"]["stdout"]["stream"] = stream
    loggers = [logging.getLogger(name) for name in (None, *configuration["loggers"])]
    before = [(logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers[:], logger.level, logger.propagate = handlers, level, propagate


def test_a_line_is_one_json_object_with_the_request_id(app, logged):
    with app.test_request_context("/", environ_overrides={logs.REQUEST_ID: "abc"}):
        logging.getLogger("vote.views").warning("line one\nline two", extra={"by": "192.0.2.7"})

    (line,) = logged()
    assert line["message"] == "line one\nline two"
    assert (line["level"], line["service"], line["release"]) == ("WARNING", "vote", "r1")
    assert (line["request_id"], line["by"]) == ("abc", "192.0.2.7")


def test_outside_a_request_there_is_no_id(logged):
    logging.getLogger("gunicorn.error").info("Starting")

    (line,) = logged()
    assert line["message"] == "Starting"
    assert "request_id" not in line
