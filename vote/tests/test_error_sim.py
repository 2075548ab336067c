import logging

import pytest


def test_errors_are_off_at_first(client):
    assert client.get("/api/error-sim").json == {"enabled": False}
    assert client.post("/", data={"vote": "a"}).status_code == 200


def test_errors_on_fail_every_vote_and_nothing_else(client, queue):
    assert client.post("/api/error-sim").json == {"enabled": True}

    for _ in range(20):
        answer = client.post("/", data={"vote": "a"})
        assert (answer.status_code, answer.json) == (500, {"error": "Simulated Error"})
    assert queue.votes == []
    for path in ("/", "/health", "/ready", "/metrics", "/api/error-sim"):
        assert client.get(path).status_code == 200


def test_a_browser_gets_the_page_with_the_error(client, queue):
    queue.on = True

    answer = client.post("/", data={"vote": "a"}, headers={"Accept": "text/html"})

    assert answer.status_code == 500
    assert "Simulated Error (HTTP 500)" in answer.text


def test_a_second_flip_turns_errors_off(client):
    client.post("/api/error-sim")

    assert client.post("/api/error-sim").json == {"enabled": False}
    assert client.post("/", data={"vote": "a"}).status_code == 200


def test_a_flip_that_names_another_release_is_refused(client, queue):
    answer = client.post("/api/error-sim", headers={"X-Release": "gone"})

    assert (answer.status_code, answer.json) == (409, {"error": "Release local answers here, not gone"})
    assert queue.on is False
    assert client.post("/api/error-sim", headers={"X-Release": "local"}).json == {"enabled": True}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_flip_it(client, queue, headers):
    answer = client.post("/api/error-sim", headers=headers)

    assert answer.status_code == 403
    assert queue.on is False


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_its_own_page_and_scripts_can_flip_it(client, headers):
    assert client.post("/api/error-sim", headers=headers).json == {"enabled": True}


def test_an_unreachable_redis_counts_as_off_and_is_logged(client, queue, caplog):
    queue.on = queue.unreachable = True

    assert client.get("/api/error-sim").json == {"enabled": False}
    assert "counts as OFF" in caplog.text
    assert client.post("/api/error-sim").status_code == 503


def test_each_change_is_logged_with_who_did_it(client, caplog):
    caplog.set_level(logging.WARNING)

    client.post("/api/error-sim", environ_base={"REMOTE_ADDR": "192.0.2.7"})

    (record,) = caplog.records
    assert record.getMessage() == "error switch turned ON"
    assert (record.by, record.enabled) == ("192.0.2.7", True)


def test_a_fork_that_goes_live_has_no_switch(client_of, queue):
    client = client_of(error_sim=False)

    assert client.get("/api/error-sim").status_code == 404
    assert client.post("/api/error-sim").status_code == 404
    page = client.get("/").text
    assert "Canary Rollback Testing" not in page
    assert "error-banner" not in page


def test_the_panel_has_the_specified_texts(client):
    page = client.get("/").text

    assert "Canary Rollback Testing" in page
    assert "ERRORS ON - All votes will fail with HTTP 500" in page
    with client.get("/static/app.js") as answer:
        script = answer.text
    for words in (
        "Turn Errors ON",
        "Turn Errors OFF",
        "Errors are OFF - votes work normally",
        "Errors are ON - all votes fail with HTTP 500",
    ):
        assert words in script
