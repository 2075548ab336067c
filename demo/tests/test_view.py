"""The release view beside a demo, with programs in its place that start, break and hang."""

import json
import socket
import sys
import time

import pytest

from demo import view
from demo.cluster import Cluster
from demo.environment import Environment
from demo.local_pages import Vote

pytestmark = pytest.mark.servers

VOTES = [
    Vote(1, "good", 200, 0.0123),
    Vote(2, "bad", 500, 0.02, ""),
    Vote(3, "", 503, 0.1, "HTTP 503"),
]
SAYS = "stage: http://localhost:{port} shows qa and records it in .stage/qa-1.jsonl; Ctrl-C ends it"
START = f"""
import json, os, sys, time
port = sys.argv[2].removeprefix("--port=")
print(f"{SAYS}", flush=True)
"""
WRITE = "open({!r}, 'w').write(json.dumps([sys.argv[1:], os.environ['CLUSTER_NAME'], *sys.stdin]))"


@pytest.fixture
def env():
    return Environment(Cluster("acme", 9443), "qa")


@pytest.fixture
def program(tmp_path):
    """A program that writes what it was started with and told to this file, and what the demo says."""
    told, said = tmp_path / "told", []
    return told, said, (sys.executable, "-c", START + WRITE.format(str(told)))


def test_the_view_gets_every_vote_and_ends_with_the_demo(env, program):
    told, said, command = program

    with view.beside(env, said.append, command) as voted:
        (address,) = said
        for each in VOTES:
            voted(each)

    options, cluster, *lines = json.loads(told.read_text())
    port = address.removeprefix("the release view: http://localhost:")
    assert options == ["--env=qa", f"--port={port}", "--votes=-"]
    assert cluster == "acme"
    assert [json.loads(each) for each in lines] == [
        {"release": "good", "ok": True, "status": 200, "ms": 12},
        {"release": "bad", "ok": False, "status": 500, "ms": 20},
        {"release": "", "ok": False, "status": 503, "ms": 100, "why": "HTTP 503"},
    ]
    assert said[1:] == ["the release view has ended; play it again: make stage REPLAY=.stage/qa-1.jsonl"]


def test_a_taken_port_is_replaced_by_a_free_one(env, program, monkeypatch):
    _, said, command = program
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(view, "PORT", taken.getsockname()[1])
        with view.beside(env, said.append, command):
            assert not said[0].endswith(f":{view.PORT}")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import sys; sys.exit('stage: no account; add it: x')", "no account; add it: x"),
        ("import time; time.sleep(60)", "it said nothing in time"),
    ],
)
def test_without_a_view_the_demo_goes_on_and_one_line_says_why(env, monkeypatch, text, why):
    said = []
    monkeypatch.setattr(view, "START_S", 2)

    with view.beside(env, said.append, (sys.executable, "-c", text)) as voted:
        voted(VOTES[0])

    assert said == [f"no release view: {why}"]


@pytest.mark.parametrize("then", ["sys.exit()", "time.sleep(60)"], ids=["ends", "hangs"])
def test_a_view_that_breaks_later_keeps_no_vote_waiting_and_no_demo_from_ending(env, monkeypatch, then):
    said = []
    monkeypatch.setattr(view, "END_S", 0.5)

    with view.beside(env, said.append, (sys.executable, "-c", START + then)) as voted:
        began = time.monotonic()
        for each in VOTES * 2000:  # more than a pipe holds
            voted(each)
        assert time.monotonic() - began < 1

    assert time.monotonic() - began < 5


def test_an_error_of_the_demo_ends_the_view_and_stays_an_error(env, program):
    told, said, command = program

    with pytest.raises(KeyboardInterrupt), view.beside(env, said.append, command):
        raise KeyboardInterrupt

    assert said[-1].startswith("the release view has ended")
    assert told.exists()
