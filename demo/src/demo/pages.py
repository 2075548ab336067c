"""The app over real HTTPS to this machine: vote, ask which release answers, flip the error switch."""

import time
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from delivery.errors import DeliveryError, TimedOutError

PAUSE_S = 0.3  # between two looks at a page
RELEASE = "X-Release"  # vote says in each answer which release it comes from
IN_A_ROW = 5  # answers of one release that count as having arrived


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


class Loopback(httpx.HTTPTransport):
    """Leads every name to this machine, as browsers do with *.localhost; Python would ask the DNS."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to 127.0.0.1; its Host header and SNI still carry the name."""
        request.extensions["sni_hostname"] = request.url.host
        request.url = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(request)


class Page:
    """One address of the app; every request has a connection of its own and is another voter's."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(
            base_url=url,
            # Traefik makes its certificate anew with each start: there is nothing to check it against.
            transport=Loopback(verify=False, limits=httpx.Limits(max_keepalive_connections=0)),
            headers={"Accept": "application/json", "Connection": "close"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # a cookie would be the same voter
            timeout=5,
        )

    def vote(self, choice: str = "a") -> Vote:
        """Vote; the answer says which release it comes from, also when the vote failed."""
        started = time.monotonic()
        release, status = "", 0
        try:
            answer = self._client.post("/", data={"vote": choice})
            release, status = answer.headers.get(RELEASE, ""), answer.status_code
        except httpx.HTTPError:
            pass  # a vote that nothing answered
        return Vote(started, release, status, time.monotonic() - started)

    def release(self) -> str:
        """Which release answers here; empty if none does."""
        try:
            return str(self._client.get("/health").headers.get(RELEASE, ""))
        except httpx.HTTPError:
            return ""

    def wait_for(self, release: str, seconds: float = 60) -> None:
        """Return once this release alone answers: a Service takes a moment to follow its new selector."""
        end = time.monotonic() + seconds
        in_a_row = 0
        while in_a_row < IN_A_ROW:
            if time.monotonic() > end:
                raise TimedOutError(f"not within {seconds:g} s: {self.url} shows release {release}")
            in_a_row = in_a_row + 1 if self.release() == release else 0
            if not in_a_row:
                time.sleep(PAUSE_S)

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
