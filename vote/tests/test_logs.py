import logging

from vote import logs


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
