import pytest

from stage.app import SwitchError, create_app


@pytest.fixture
def flipped():
    return []


@pytest.fixture
def client(session, flipped):
    def flip():
        flipped.append(True)
        return True

    return create_app(session, flip).test_client()


def test_the_state_is_the_snapshot(client, session, told):
    for event in told:
        session.publish(**event)
    assert client.get("/api/state").json == session.snapshot()


def test_the_stream_is_not_cached_and_begins_with_the_snapshot(client):
    with client.get("/events") as answer:
        assert answer.mimetype == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store"
        stream = answer.iter_encoded()
        assert next(stream) == b"retry: 1000\n\n"
        assert b'"event":"snapshot"' in next(stream)


@pytest.mark.parametrize("path", ["/", "/health", "/api/state", "/nowhere"])
def test_every_response_has_the_strict_policy(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_switch_is_flipped_once(client, flipped):
    answer = client.post("/api/switch", headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.json, flipped) == ({"enabled": True}, [True])


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_cannot_flip_it(client, flipped, headers):
    assert client.post("/api/switch", headers=headers).status_code == 403
    assert flipped == []


def test_a_recording_cannot_be_changed(session):
    answer = create_app(session, again=lambda: True).test_client().post("/api/switch")
    assert (answer.status_code, answer.json) == (409, {"error": "A recording cannot be changed"})


def test_a_hidden_switch_is_not_on_the_page_and_cannot_be_flipped(session, client):
    hidden = create_app(session).test_client()

    assert b'data-post="/api/switch"' in client.get("/").data
    assert b"data-post" not in hidden.get("/").data
    assert b"data-live" in hidden.get("/").data
    answer = hidden.post("/api/switch")
    assert (answer.status_code, answer.json) == (
        409,
        {"error": "The switch is hidden here; STAGE_SWITCH=on shows it"},
    )


def test_it_is_ready_once_there_is_something_to_show(session):
    why = ["The environment is not known: HTTP 403"]
    client = create_app(session, unready=lambda: why[0]).test_client()

    assert (client.get("/ready").status_code, client.get("/ready").json) == (503, {"error": why[0]})
    assert client.get("/health").status_code == 200
    why[0] = ""
    assert client.get("/ready").json == {"status": "ready"}


def test_a_switch_that_does_not_answer_is_one_line(session):
    def flip():
        raise SwitchError("the canary does not answer")

    answer = create_app(session, flip).test_client().post("/api/switch")
    assert (answer.status_code, answer.json) == (503, {"error": "the canary does not answer"})


def test_a_recording_is_played_again(session):
    ends = [True, False]
    client = create_app(session, again=lambda: ends.pop(0)).test_client()
    answer = client.post("/api/again", headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.json) == (200, {"playing": True})
    answer = client.post("/api/again")
    assert (answer.status_code, answer.json) == (409, {"error": "The recording has not ended"})


def test_another_site_cannot_play_it_again(session):
    client = create_app(session, again=lambda: pytest.fail("played")).test_client()
    assert client.post("/api/again", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_live_release_cannot_be_played_again(client):
    answer = client.post("/api/again")
    assert (answer.status_code, answer.json) == (409, {"error": "A live release cannot be played again"})


def test_errors_are_one_line(client):
    assert client.get("/nowhere").json == {"error": "Page not found"}
    assert client.get("/api/switch").status_code == 405
