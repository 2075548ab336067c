import pytest


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/app.js", "/health"])
def test_every_answer_has_our_headers(client, path):
    with client.get(path) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Release"] == "local"


def test_responses_are_not_cached_unless_they_set_cache_control(client):
    assert client.get("/").headers.getlist("Cache-Control") == ["no-store"]
    with client.get("/static/app.js") as answer:
        assert answer.headers.getlist("Cache-Control") == ["no-cache"]


@pytest.mark.parametrize("given", ["abc-1", "A.b_9", "x" * 64])
def test_a_valid_request_id_is_kept(client, given):
    assert client.get("/", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, '"', "é"])
def test_an_invalid_request_id_is_replaced(client, given):
    named = client.get("/", headers={"X-Request-Id": given}).headers["X-Request-Id"]

    assert len(named) == 32
    assert int(named, 16) >= 0


def test_an_error_response_names_its_release(client, queue):
    queue.on = True

    answer = client.post("/", data={"vote": "a"})

    assert (answer.status_code, answer.json) == (500, {"error": "Simulated Error"})
    assert answer.headers["X-Release"] == "local"
