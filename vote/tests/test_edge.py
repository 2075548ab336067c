import pytest


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/app.js", "/health"])
def test_every_answer_has_our_headers(client, path):
    with client.get(path) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Release"] == "local"


def test_nothing_is_kept_by_caches_but_what_says_so_itself(client):
    assert client.get("/").headers.getlist("Cache-Control") == ["no-store"]
    with client.get("/static/app.js") as answer:
        assert answer.headers.getlist("Cache-Control") == ["no-cache"]


@pytest.mark.parametrize("given", ["abc-1", "A.b_9", "x" * 64])
def test_a_request_keeps_the_id_it_came_with(client, given):
    assert client.get("/", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, '"', "é"])
def test_any_other_id_is_replaced(client, given):
    named = client.get("/", headers={"X-Request-Id": given}).headers["X-Request-Id"]

    assert len(named) == 32
    assert int(named, 16) >= 0


def test_a_failing_answer_says_whose_it_is(client, queue):
    queue.on = True

    answer = client.post("/", data={"vote": "a"})

    assert (answer.status_code, answer.json) == (500, {"error": "Simulated Error"})
    assert answer.headers["X-Release"] == "local"
