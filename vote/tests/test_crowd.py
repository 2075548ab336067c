"""A burst of votes on one real process: only votes that Redis cannot take in time are refused."""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack

import httpx
import pytest

from local.servers import free_port

pytestmark = pytest.mark.servers

VOTE = (
    b"POST / HTTP/1.1\r\nHost: vote\r\nAccept: application/json\r\nConnection: close\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\nvote=a"
)
IN_TIME_S = 2


class Service:
    """`python -m vote` with one process and default settings."""

    def __init__(self, redis_url):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        ours = {
            "REDIS_URL": redis_url,
            "BIND_HOST": "127.0.0.1",
            "VOTE_PORT": str(self.port),
            "VOTE_WORKERS": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vote"], env=os.environ | ours, stdout=subprocess.DEVNULL
        )
        while not self.status("/health"):
            assert self.process.poll() is None
            time.sleep(0.05)

    def status(self, path):
        try:
            return httpx.get(self.url + path, trust_env=False, timeout=5).status_code
        except httpx.TransportError:
            return 0

    def connections(self, stack, number):
        return [
            stack.enter_context(socket.create_connection(("127.0.0.1", self.port))) for _ in range(number)
        ]

    def crowd(self, number, *, silent=0, meanwhile=lambda: None):
        """Send that many votes at once; the answers by status, and the seconds until the last one."""
        with ExitStack() as stack:
            self.connections(stack, silent)
            voters = self.connections(stack, number)
            began = time.monotonic()
            for voter in voters:
                voter.sendall(VOTE)
            meanwhile()
            answers = Counter()
            for voter in voters:
                voter.settimeout(20)
                answers[int(voter.recv(64).split()[1])] += 1
            return answers, time.monotonic() - began


@pytest.fixture
def service(redis_server, redis_client):
    service = Service(redis_server.url)
    yield service
    service.process.terminate()
    service.process.wait(20)


def require_healthy(service):
    assert service.crowd(3)[0] == {200: 3}
    assert httpx.get(f"{service.url}/ready", trust_env=False).json() == {"status": "ready"}


@pytest.mark.parametrize("number", [300, 1000])
def test_a_crowd_is_served(service, redis_client, number):
    for taken in (number, 2 * number):  # with cold connections, then with warm ones
        answers, _ = service.crowd(number, silent=40)
        assert answers == {200: number}
        assert redis_client.xlen("votes") == taken
    require_healthy(service)


def test_a_short_pause_of_redis_refuses_no_vote(service, redis_server):
    def freeze():
        redis_server.pause()
        time.sleep(0.4)
        redis_server.resume()

    for _ in range(2):
        answers, _ = service.crowd(150, meanwhile=freeze)
        assert answers == {200: 150}
    require_healthy(service)


def test_a_frozen_redis_refuses_votes_in_time_and_recovery_is_immediate(service, redis_server):
    redis_server.pause()
    try:
        answers, took = service.crowd(300)
        assert answers == {503: 300}
        assert took < IN_TIME_S
        assert httpx.post(service.url, data={"vote": "a"}, trust_env=False).headers["Retry-After"] == "1"
        assert service.status("/health") == 200
    finally:
        redis_server.resume()
    resumed = time.monotonic()
    require_healthy(service)
    assert time.monotonic() - resumed < 1


def test_one_slow_answer_refuses_no_other_vote(service, redis_server):
    redis_server.pause()
    try:
        assert service.status("/metrics") == 200  # the switch counts as OFF
    finally:
        redis_server.resume()

    require_healthy(service)


def test_the_process_is_connected_before_its_first_request(service, redis_client):
    ours = [each for each in redis_client.client_list() if each["cmd"] == "ping"]

    assert len(ours) == 1
