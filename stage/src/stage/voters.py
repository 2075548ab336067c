"""Votes through the front door, as users do, and publishes each vote."""

import threading
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from itertools import cycle

import httpx

from stage.front_door import RELEASE, client
from stage.sources import Publish, Source, failure

PATIENCE_S = 3.0  # more than vote takes to say that it cannot take a vote
SYNTHETIC = {"X-Synthetic-Vote": "1"}  # such votes never change the tally
THREADS = 4


class Voters:
    """About fifteen voters a second, each on a new connection: a canary at 20 % gets three of them."""

    def __init__(self, url: str, front_door: str, publish: Publish, *, rate: float = 15) -> None:
        self.source = Source("users", publish)
        self._publish = publish
        self._client = client(url, front_door, patience_s=PATIENCE_S)
        self._client.headers.update(SYNTHETIC)
        # With cookies, all votes would be from the same voter.
        self._client.cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._every_s = THREADS / rate
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(number / rate,), daemon=True)
            for number in range(THREADS)
        ]

    def start(self) -> None:
        """Start voting."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Begin no further vote."""
        self._ended.set()

    def _run(self, delay: float) -> None:
        choices = cycle("ab")
        while not self._ended.wait(delay):
            began = time.monotonic()
            self._vote(next(choices))
            delay = max(0.0, self._every_s - (time.monotonic() - began))

    def _vote(self, choice: str) -> None:
        began = time.monotonic()
        release, status, ok, why = "", 0, False, ""
        try:
            answer = self._client.post("/", data={"vote": choice})
            release, status = answer.headers.get(RELEASE, ""), answer.status_code
            ok, why = answer.is_success and bool(release), "" if release else f"HTTP {status}"
        except httpx.HTTPError as error:
            why = failure(error)
        content = {"release": release, "ok": ok, "status": status}
        seconds = time.monotonic() - began
        self._publish("vote", **content, ms=round(1000 * seconds), **({"why": why} if why else {}))
        if status:
            self.source.heard()
        else:
            self.source.failed(why)
