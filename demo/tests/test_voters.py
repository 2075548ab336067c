"""The voters on a real HTTP server on this machine, without TLS, which the cluster's tests cover."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from delivery.domain.errors import DeliveryError
from demo.local_pages import Page, Vote
from demo.voters import Voters, count


def test_votes_are_counted_by_the_release_that_answered():
    votes = [Vote(1, "a", 200, 0.1), Vote(2, "a", 500, 0.2), Vote(3, "b", 200, 0.3), Vote(4, "", 0, 5)]

    counts = count(votes)

    assert {release: (each.ok, each.failed) for release, each in counts.items()} == {
        "a": (1, 1),
        "b": (1, 0),
        "": (0, 1),
    }
    assert counts["a"].latencies == (0.1, 0.2)
    assert counts["a"].total == 2


@pytest.fixture
def site():
    """A vote service whose two releases take turns, and which records its requests."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append((self.client_address[1], self.headers["Host"], self.headers.get("Cookie")))
            bad = len(asked) % 2 == 0
            if self.path == "/api/error-sim" and self.command == "POST":
                server.switch = not server.switch
            body = f'{{"enabled": {str(server.switch).lower()}, "total": {len(asked)}}}'.encode()
            early = self.path == "/api/results" and len(asked) < 3  # Traefik has not discovered a pod yet
            self.send_response(503 if early else 500 if bad and self.path == "/" else 200)
            self.send_header("X-Release", "bad" if bad else "good")
            self.send_header("Set-Cookie", "voter=me; Path=/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.switch, server.asked = False, asked
    server.url = f"http://vote.localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.servers
def test_voters_are_limited_and_each_vote_is_from_a_new_voter(site):
    seen = []
    with Voters(site.url, rate=200, threads=2, limit=10, voted=seen.append) as voters:
        for thread in voters._crowd._threads:
            thread.join(timeout=20)

    assert 10 <= len(voters.votes) <= 11  # both threads may take the last one
    assert voters.accepted == voters.counts()["good"].ok
    assert {*seen} == {*voters.votes}
    assert voters.counts()["good"].failed == voters.counts()["bad"].ok == 0
    connections, hosts, cookies = zip(*site.asked, strict=True)
    assert len(set(connections)) == len(site.asked)
    assert {*hosts} == {site.url.removeprefix("http://")}
    assert {*cookies} == {None}


@pytest.mark.servers
@pytest.mark.parametrize("on", [True, False])
def test_the_switch_is_read_before_it_is_toggled(site, on):
    site.switch = True

    Page(site.url).turn_errors(on=on)

    assert site.switch is on


@pytest.mark.servers
def test_an_unanswered_vote_has_no_release():
    page = Page("http://vote.localhost:9")  # nothing listens on the discard port

    vote = page.vote()

    assert (vote.release, vote.status, vote.ok, vote.why) == ("", 0, False, "Connection refused")
    assert page.release() == ""
    assert not Vote(1, "", 200, 0.1).ok, "whoever answered, no release has taken this vote"
    with pytest.raises(DeliveryError, match=r"GET http://vote\.localhost:9/api/results failed"):
        page.total()


@pytest.mark.servers
def test_wait_for_total_waits_until_the_result_has_figures(site):
    page = Page(site.url)
    with pytest.raises(DeliveryError, match=r"/api/results failed: .*503"):
        page.total()

    page.wait_for_total(seconds=20)

    assert page.total() >= 3
