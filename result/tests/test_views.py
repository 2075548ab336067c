from dataclasses import replace
from datetime import UTC, datetime

import pytest

from result.app import create_app
from result.live_results import LiveResults
from result.tally import Snapshot, Tally

NOON = datetime(2026, 5, 4, 12, 3, tzinfo=UTC)
FRESH = Snapshot(Tally(12345, 7406, NOON), None)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def test_the_page_shows_the_figures_without_a_script(client, live):
    live.publish(FRESH)
    page = client.get("/").text
    for text in ("Cats", "62.5%", "12,345 votes", "Dogs", "37.5%", "7,406 votes", "19,751 votes in total"):
        assert text in page
    assert '<rect width="62.5%"' in page
    assert "Not up to date" not in page


def test_one_vote_is_singular(client, live):
    live.publish(Snapshot(Tally(1, 0, NOON), None))
    page = client.get("/").text
    assert "1 vote in total" in page
    assert "1 votes" not in page


def test_the_page_without_votes(client, live):
    live.publish(Snapshot(Tally(0, 0, NOON), None))
    page = client.get("/").text
    assert "No votes yet" in page
    assert "0.0%" in page


def test_the_page_shows_no_figures_before_the_first_read(client):
    page = client.get("/").text
    assert "No figures yet" in page
    assert "Not up to date since" in page
    assert "No votes yet" not in page
    assert "0 votes" not in page


def test_the_page_says_since_when_it_is_stale(client, live):
    live.publish(replace(FRESH, stale_since=NOON))
    page = client.get("/").text
    assert '<p id="stale" role="status">Not up to date since 12:03 UTC</p>' in page
    assert "19,751" in page


def test_the_footer_shows_release_image_and_pod(settings, live):
    settings = replace(settings, release="7d9f", image_tag="abc-2026", pod="result-1")
    page = create_app(settings, live).test_client().get("/").text
    for text in ("7d9f", "abc-2026", "result-1"):
        assert text in page


@pytest.mark.parametrize(("url", "links"), [("", 0), ("https://vote.example/", 1)])
def test_the_link_to_the_vote(settings, live, url, links):
    page = create_app(replace(settings, vote_url=url), live).test_client().get("/").text
    assert page.count("<a ") == page.count('<a href="https://vote.example/"') == links


def test_html_in_a_name_is_escaped(settings):
    name = "<script>alert(1)</script>"
    live = LiveResults((name, "Dogs"))
    page = create_app(replace(settings, option_a=name), live).test_client().get("/").text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3


def test_the_page_needs_no_inline_script_or_style(client):
    page = client.get("/").text
    assert "<style" not in page
    assert "style=" not in page
    assert page.count("<script") == page.count('<script src="/static/app.js" defer></script>') == 1


def test_results_for_scripts(client, live):
    live.publish(FRESH)
    answer = client.get("/api/results")
    assert answer.json == {
        "options": [
            {"id": "a", "name": "Cats", "votes": 12345, "percent": 62.5},
            {"id": "b", "name": "Dogs", "votes": 7406, "percent": 37.5},
        ],
        "total": 19751,
        "updated_at": "2026-05-04T12:03:00.000+00:00",
        "stale_since": None,
    }


def test_events_are_neither_cached_nor_buffered(client, live):
    live.publish(FRESH)
    answer = client.get("/events")
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert next(answer.response) == b"retry: 1000\n\n"
    assert b'"votes": 12345' in next(answer.response)
    answer.close()


def test_not_ready_before_the_first_figures(client):
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    assert (answer.status_code, answer.json) == (503, {"error": "Not every process has read the figures yet"})


def test_once_ready_it_stays_ready(app, client, live):
    app.extensions["startup"].connected()
    live.publish(FRESH)
    assert client.get("/ready").json == {"status": "ready"}
    live.publish(replace(FRESH, stale_since=NOON))
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "degraded",
        "reason": "The figures have not been up to date since 12:03 UTC",
    }


@pytest.mark.parametrize("path", ["/", "/api/results", "/health", "/metrics", "/nowhere"])
def test_security_headers_everywhere(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/events", "/api/results", "/health", "/ready", "/metrics"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_wrong_methods(client, path, method):
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert answer.json == {"error": "Method not allowed for this path"}
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("accept", "page"),
    [("text/html,application/xhtml+xml,*/*;q=0.8", True), ("*/*", False), ("application/json", False)],
)
def test_unknown_paths_answer_as_html_or_json_as_requested(client, accept, page):
    answer = client.get("/nowhere", headers={"Accept": accept})
    assert answer.status_code == 404
    assert ("<h1>Page not found (HTTP 404)</h1>" in answer.text) is page
    assert (answer.json == {"error": "Page not found"}) if not page else not answer.is_json
