"""The app over real HTTPS to this machine: vote, ask which release answers, flip the error switch."""

import time
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from delivery.adapters import pages
from delivery.adapters.polling import until
from delivery.domain.errors import DeliveryError

PATIENCE_S = 5  # a vote without an answer for longer has failed


@dataclass(frozen=True)
class Vote:
    """One vote as its voter saw it: when it was sent, which release answered, with what, after how long."""

    at: float  # time.monotonic()
    release: str  # empty if no release answered
    status: int  # 0 if nothing answered
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the vote was accepted."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own range


class Page:
    """One address of the app; every request has a connection of its own and is another voter's."""

    def __init__(self, url: str, *, patience_s: float = PATIENCE_S) -> None:
        self.url = url
        self._patience_s = patience_s
        self._client = pages.client(url, local=True)
        # A cookie would be the same voter.
        self._client.cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))

    def vote(self, choice: str = "a") -> Vote:
        """Vote; the answer says which release it comes from, also when the vote failed."""
        started = time.monotonic()
        release, status = "", 0
        try:
            answer = self._client.post("/", data={"vote": choice}, timeout=self._patience_s)
            release, status = answer.headers.get(pages.RELEASE, ""), answer.status_code
        except httpx.HTTPError:
            pass  # a vote that nothing answered
        return Vote(started, release, status, time.monotonic() - started)

    def release(self) -> str:
        """Which release answers here; empty if none does."""
        return pages.release(self._client)[0]

    def wait_for(self, release: str, seconds: float = 60) -> None:
        """Return once this release alone answers."""
        pages.wait_for(self._client, release, seconds=seconds)

    def turn_errors(self, *, on: bool) -> None:
        """Turn the error switch of the release that answers here ON or OFF."""
        for _ in range(2):  # POST toggles, so it is read first, and read back
            if self._json("GET", "/api/error-sim")["enabled"] == on:
                return
            if self._json("POST", "/api/error-sim")["enabled"] == on:
                return
        raise DeliveryError(f"the error switch at {self.url} does not stay {'ON' if on else 'OFF'}")

    def total(self) -> int:
        """Votes counted so far, of the result service."""
        return int(str(self._json("GET", "/api/results")["total"]))

    def wait_for_total(self, seconds: float = 60) -> None:
        """Return once the result service has figures: Traefik takes a moment to know its pods."""

        def known() -> bool:
            try:
                self.total()
            except DeliveryError:
                return False
            return True

        until(known, what=f"{self.url} has figures", seconds=seconds)

    def close(self) -> None:
        """Let go of what the client holds."""
        self._client.close()

    def _json(self, method: str, path: str) -> dict[str, object]:
        try:
            answer = self._client.request(method, path)
            answer.raise_for_status()
            found: dict[str, object] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise DeliveryError(f"{method} {self.url}{path} failed: {error}".splitlines()[0]) from error
        return found
