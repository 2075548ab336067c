"""A real HTTP server on this machine; *.localhost resolves to it without DNS."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from delivery.adapters import pages
from delivery.domain.errors import GateError, TimedOutError

pytestmark = pytest.mark.servers


@pytest.fixture
def page():
    """Answers by path with a status, a body and a release; the last release stays."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = told.answers.get(self.path, (200, "{}"))
            self.send_response(status)
            self.send_header(
                "X-Release", told.releases.pop(0) if len(told.releases) > 1 else told.releases[0]
            )
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            """Log nothing."""

    told = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.answers, told.releases = {}, ["new"]
    told.url = f"http://vote-acme-qa.localhost:{told.server_address[1]}"
    thread = threading.Thread(target=told.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield told
    told.shutdown()
    thread.join()
    told.server_close()


def test_a_page_has_arrived_when_only_one_release_answers(page, monkeypatch):
    monkeypatch.setattr(pages, "PAUSE_S", 0.01)
    page.releases = ["old", "new", "new", "old", "new"]

    with pages.client(page.url) as client:
        pages.wait_for(client, "new", seconds=20)
    assert page.releases == ["new"]


def test_a_timeout_names_the_release_that_answers(page, monkeypatch):
    monkeypatch.setattr(pages, "PAUSE_S", 0.01)
    page.releases = ["old"]

    with (
        pages.client(page.url) as client,
        pytest.raises(TimedOutError, match=r"-qa\.localhost:\d+ shows release old, not new, after"),
    ):
        pages.wait_for(client, "new", seconds=0.3)


def test_a_timeout_says_why_nothing_answers(monkeypatch):
    monkeypatch.setattr(pages, "PAUSE_S", 0.01)

    with (
        pages.client("http://vote.acme.dev:9", local=True) as client,
        pytest.raises(TimedOutError, match=r"vote\.acme\.dev:9 shows no release \(.*refused"),
    ):
        pages.wait_for(client, "new", seconds=0.3)


@pytest.mark.parametrize(
    ("answer", "on"),
    [
        ((200, '{"enabled": true}'), True),
        ((200, '{"enabled": false}'), False),
        ((404, "no switch here"), False),
    ],
)
def test_the_error_switch_is_read(page, answer, on):
    page.answers["/api/error-sim"] = answer

    assert pages.errors_on(page.url, "new") is on


def test_a_404_from_a_proxy_does_not_count_as_off(page):
    page.answers["/api/error-sim"], page.releases = (404, "404 page not found"), [""]

    with pytest.raises(GateError, match="its errors are ON: no release answers, not new"):
        pages.errors_on(page.url, "new")


def test_the_answer_of_another_release_does_not_count(page):
    page.answers["/api/error-sim"], page.releases = (200, '{"enabled": false}'), ["old"]

    with pytest.raises(GateError, match="old answers, not new"):
        pages.errors_on(page.url, "new")


@pytest.mark.parametrize("answer", [(503, "{}"), (200, "<html>"), (200, "[]"), (200, "{}")])
def test_an_invalid_answer_does_not_count_as_off(page, answer):
    page.answers["/api/error-sim"] = answer

    with pytest.raises(GateError, match="does not say whether its errors are ON"):
        pages.errors_on(page.url, "new")


def test_an_unreachable_page_does_not_count_as_off():
    with pytest.raises(GateError, match="does not say whether its errors are ON"):
        pages.errors_on("http://vote-acme-qa.localhost:9", "new")


PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture
def behind_a_proxy(monkeypatch, page):
    """A company's proxy that cannot reach our pages; `page` plays the proxy, too."""
    for name in PROXIES:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    return monkeypatch


@pytest.mark.usefixtures("behind_a_proxy")
@pytest.mark.parametrize("host", ["vote-acme-qa.localhost", "localhost", "127.0.0.1", "vote.acme.dev"])
def test_an_address_of_this_machine_goes_through_no_proxy(page, host):
    port = page.server_address[1]

    with pages.client(f"http://{host}:{port}", local=host == "vote.acme.dev") as client:
        assert pages.release(client) == ("new", "")


def test_any_other_address_goes_through_the_proxy(page, behind_a_proxy):
    behind_a_proxy.setenv("http_proxy", f"http://127.0.0.1:{page.server_address[1]}")

    with pages.client("http://vote.acme.invalid") as client:
        assert pages.release(client) == ("new", "")
