import json
import logging
import logging.config

import pytest

from worker import logs
from worker.backoff import describe


@pytest.fixture(autouse=True)
def restored():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_a_line_is_one_json_object_with_service_and_release(capsys):
    logging.config.dictConfig(logs.configuration("worker", "r1", "INFO"))

    logging.getLogger("worker.loop").warning("will try again", extra={"attempt": 2})

    line = json.loads(capsys.readouterr().out)
    assert line.pop("time")
    assert line == {
        "level": "WARNING",
        "logger": "worker.loop",
        "message": "will try again",
        "attempt": 2,
        "service": "worker",
        "release": "r1",
    }


def test_an_error_of_several_lines_is_told_on_one():
    assert describe(ValueError("first\n  second")) == "ValueError: first second"
