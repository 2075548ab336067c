"""The app's pages over HTTPS on this machine: vote, read the release, flip the error switch."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from delivery.adapters import pages
from delivery.adapters.polling import until
from delivery.domain.errors import DeliveryError

PATIENCE_S = 5  # a vote without an answer in this time has failed


@dataclass(frozen=True)
class Vote:
    """One vote as its voter sees it: the time, the release that answered, the status and the duration."""

    at: float  # time.monotonic()
    release: str  # empty if no release answered
    status: int  # 0 if nothing answered
    seconds: float
    why: str = ""  # what happened, if no release answered

    @property
    def ok(self) -> bool:
        """Whether a release accepted the vote."""
        return bool(self.release) and 200 <= self.status < 300  # noqa: PLR2004 - the range of HTTP


class Page:
    """One page of the app; every request uses a new connection and is from a new voter."""

    def __init__(
        self, url: str, *, patience_s: float = PATIENCE_S, headers: Mapping[str, str] | None = None
    ) -> None:
        self.url = url
        self._patience_s = patience_s
        self._client = pages.client(url, local=True)
        self._client.headers.update(headers or {})
        # With cookies, all votes would be from the same voter.
        self._client.cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))

    def vote(self, choice: str = "a") -> Vote:
        """Vote; the result has the release that answered, even if the vote failed."""
        started = time.monotonic()
        release, status, why = "", 0, ""
        try:
            answer = self._client.post("/", data={"vote": choice}, timeout=self._patience_s)
            release, status = answer.headers.get(pages.RELEASE, ""), answer.status_code
            why = "" if release else f"HTTP {status}"
        except httpx.HTTPError as error:
            why = failure(error)
        return Vote(started, release, status, time.monotonic() - started, why)

    def release(self) -> str:
        """The release that answers here; empty if none does."""
        return pages.release(self._client)[0]

    def wait_for(self, release: str, seconds: float = 60) -> None:
        """Return once only this release answers."""
        pages.wait_for(self._client, release, seconds=seconds)

    def errors_on(self) -> bool:
        """Whether the error switch of the release that answers here is ON."""
        return bool(self._json("GET", "/api/error-sim")["enabled"])

    def turn_errors(self, *, on: bool) -> None:
        """Turn the error switch of the release that answers here ON or OFF."""
        for _ in range(2):  # POST toggles, so read the state before and after
            if self.errors_on() == on:
                return
            if self._json("POST", "/api/error-sim")["enabled"] == on:
                return
        raise DeliveryError(f"the error switch at {self.url} does not stay {'ON' if on else 'OFF'}")

    def total(self) -> int:
        """The votes counted so far, according to the result service."""
        return int(str(self._json("GET", "/api/results")["total"]))

    def wait_for_total(self, seconds: float = 60) -> None:
        """Return once the result service has figures: Traefik needs a moment to discover its pods."""

        def known() -> bool:
            try:
                self.total()
            except DeliveryError:
                return False
            return True

        until(known, what=f"{self.url} has figures", seconds=seconds)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _json(self, method: str, path: str) -> dict[str, object]:
        try:
            answer = self._client.request(method, path)
            answer.raise_for_status()
            found: dict[str, object] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise DeliveryError(f"{method} {self.url}{path} failed: {error}".splitlines()[0]) from error
        return found


def failure(error: Exception) -> str:
    """What happened to a request, in a few words."""
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    first = (str(error) or type(error).__name__).splitlines()[0]
    return re.sub(r"^\[Errno -?\d+\] ", "", first)
