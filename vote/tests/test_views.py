import re

import pytest

from vote.app import create_app

PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
JSON = {"Accept": "application/json"}


def test_a_vote_is_queued_with_a_random_voter(client, queue):
    answer = client.post("/", data={"vote": "a"}, headers=JSON)

    assert answer.status_code == 200
    assert answer.json == {"vote": "a", "changed": False, "release": "local"}
    (vote,) = queue.votes
    assert vote.vote == "a"
    assert re.fullmatch(r"[0-9a-f]{32}", vote.voter)


def test_a_second_vote_changes_the_first(client, queue):
    client.post("/", data={"vote": "a"})

    answer = client.post("/", data={"vote": "b"}, headers=PAGE)

    assert "Vote changed: you now vote for <strong>Dogs</strong>" in answer.text
    assert [vote.voter for vote in queue.votes] == [queue.votes[0].voter] * 2


def test_repeating_a_vote_is_not_a_change(client):
    client.post("/", data={"vote": "a"})

    assert client.post("/", data={"vote": "a"}).json["changed"] is False


def test_the_page_shows_the_current_vote_after_a_reload(client):
    client.post("/", data={"vote": "b"})

    page = client.get("/", headers=PAGE).text

    assert "Your vote is for <strong>Dogs</strong>" in page
    assert re.search(r'value="b" aria-pressed="true"', page)
    assert re.search(r'value="a" aria-pressed="false"', page)


def test_two_browsers_are_two_voters(app, queue):
    app.test_client().post("/", data={"vote": "a"})
    app.test_client().post("/", data={"vote": "a"})

    assert queue.votes[0].voter != queue.votes[1].voter


@pytest.mark.parametrize("forged", ["x", "A" * 32, "a" * 33, "a" * 4000, "../../etc", "é", "0" * 31 + "\n"])
def test_a_forged_voter_is_replaced(client, queue, forged):
    client.set_cookie("voter", forged)

    client.post("/", data={"vote": "a"})

    assert re.fullmatch(r"[0-9a-f]{32}", queue.votes[0].voter)
    assert client.get_cookie("voter").value == queue.votes[0].voter


@pytest.mark.parametrize("proxies", [0, 1])
def test_cookies_are_secure_only_under_https(client_of, proxies):
    answer = client_of(trusted_proxies=proxies).post(
        "/", data={"vote": "a"}, headers={"X-Forwarded-Proto": "https"}
    )

    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) is (proxies == 1)


BAD = {
    "missing": ({"data": {"other": "a"}}, 400),
    "nothing": ({"content_type": "application/x-www-form-urlencoded"}, 400),
    "empty": ({"data": {"vote": ""}}, 400),
    "unknown": ({"data": {"vote": "c"}}, 400),
    "twice": ({"data": {"vote": ["a", "b"]}}, 400),
    "huge": ({"data": {"vote": "a" * 1_000_000}}, 413),
    "binary": ({"data": b"\x00\xff\xfe" * 50, "content_type": "application/x-www-form-urlencoded"}, 400),
    "broken-multipart": ({"data": b"\x00", "content_type": "multipart/form-data; boundary=x"}, 400),
    "json": ({"json": {"vote": "a"}}, 415),
    "no-type": ({"data": b"vote=a"}, 415),
}


@pytest.mark.parametrize(("sent", "status"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("accept", [PAGE, JSON, {}], ids=["page", "json", "anything"])
def test_a_bad_vote_gets_one_clear_line(client, queue, sent, status, accept):
    answer = client.post("/", headers=accept, **sent)

    assert answer.status_code == status
    assert queue.votes == []
    if accept is PAGE:
        assert 'role="alert">' in answer.text
        assert f"(HTTP {status})" in answer.text
    else:
        assert "\n" not in answer.json["error"]
        assert len(answer.json["error"]) > 20


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "BREW"])
def test_a_wrong_method_is_refused(client, method):
    answer = client.open("/", method=method)

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_unknown_path_is_not_found(client):
    assert client.get("/nothing").json == {"error": "Page not found"}


def test_the_page_says_that_the_vote_was_not_taken_while_redis_is_unreachable(client, queue):
    queue.unreachable = True

    answer = client.post("/", data={"vote": "a"}, headers=PAGE)

    assert answer.status_code == 503
    assert "Your vote was not taken" in answer.text
    assert client.get("/", headers=PAGE).status_code == 200
    assert client.get("/health").status_code == 200


def test_a_pod_stays_ready_while_redis_is_unreachable_and_says_why(client, queue):
    assert client.get("/ready").json == {"status": "ready"}
    queue.unreachable = True

    answer = client.get("/ready")

    assert answer.status_code == 200
    assert answer.json == {
        "status": "degraded",
        "reason": "Redis is unreachable: votes are refused with 503",
    }


def test_a_pod_is_not_ready_before_every_process_has_connected(settings, queue):
    app = create_app(settings, queue, queue)
    app.extensions["startup"].connected()

    answer = app.test_client().get("/ready")

    assert answer.status_code == 503
    assert answer.json == {"error": "Not every process has reached Redis yet"}


def test_option_names_are_escaped(client_of):
    page = client_of(option_a="<script>alert(1)</script>", option_b='"><b>').get("/", headers=PAGE).text

    assert "<script>alert" not in page
    assert '"><b>' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_synthetic_vote_is_marked(client, queue):
    client.post("/", data={"vote": "a"}, headers={"X-Synthetic-Vote": "1"})
    client.post("/", data={"vote": "a"})

    assert [vote.synthetic for vote in queue.votes] == [True, False]


def test_the_page_shows_release_image_and_pod(client_of):
    page = client_of(release="6f9c", image_tag="abc1234-20260101000000", pod="vote-1").get("/").text

    for shown in ("6f9c", "abc1234-20260101000000", "vote-1"):
        assert shown in page
