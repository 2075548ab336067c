import io
import json
import logging
import logging.config

import pytest

from result import logs


@pytest.fixture
def logged():
    """The lines that the service's own handler writes, parsed."""
    stream = io.StringIO()
    configuration = logs.configuration("result", "r1", "INFO")
    configuration["handlers"]["stdout"]["stream"] = stream
    loggers = [logging.getLogger(name) for name in (None, *configuration["loggers"])]
    before = [(logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers[:], logger.level, logger.propagate = handlers, level, propagate


def test_a_line_is_one_json_object(logged):
    logging.getLogger("result.feed").warning("line one\nline %s", "two")

    (line,) = logged()
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "logger": "result.feed",
        "message": "line one\nline two",
        "service": "result",
        "release": "r1",
    }


def test_gunicorn_does_not_log_every_request(logged):
    logging.getLogger("gunicorn.access").info("GET /")

    assert logged() == []
