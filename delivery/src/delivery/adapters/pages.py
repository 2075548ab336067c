"""The app's pages over HTTPS: read the release and the state of its error switch."""

import httpx

from delivery.adapters.polling import within
from delivery.domain.errors import GateError, TimedOutError

RELEASE = "X-Release"  # each response of vote has its release in this header
IN_A_ROW = 5  # this many answers of one release in a row mean that it has arrived
PAUSE_S = 0.3  # between two checks of a page


class Loopback(httpx.HTTPTransport):
    """Connects to 127.0.0.1 whatever the host name, as browsers do for *.localhost; Python would use DNS."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to 127.0.0.1; the Host header and SNI keep the name."""
        request.extensions["sni_hostname"] = request.url.host
        request.url = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(request)


def client(url: str, *, local: bool = False) -> httpx.Client:
    """A client for one page; every request uses a new connection, because Services balance connections.

    `local=True` connects to 127.0.0.1 whatever the host name; *.localhost always does.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    host = httpx.URL(url).host
    local = local or host in ("localhost", "127.0.0.1") or host.endswith(".localhost")
    return httpx.Client(
        base_url=url,
        # Traefik creates a new certificate at each start, so locally it cannot be verified.
        transport=Loopback(verify=False, limits=limits) if local else None,
        limits=limits,
        trust_env=not local,  # a proxy would connect elsewhere
        timeout=5,
        headers={"Accept": "application/json", "Connection": "close"},
    )


def release(page: httpx.Client) -> tuple[str, str]:
    """The release that answers here, or the reason why none does; one of the two is empty."""
    try:
        found = str(page.get("/health").headers.get(RELEASE, ""))
    except httpx.HTTPError as error:
        return "", " ".join(str(error).split())
    return found, "" if found else f"no {RELEASE} in its answer"


def wait_for(page: httpx.Client, wanted: str, *, seconds: float = 60) -> None:
    """Return once only this release answers: a Service needs a moment to follow its new selector."""
    last, problem = "", ""

    def arrived() -> bool:
        nonlocal last, problem
        for _ in range(IN_A_ROW):
            last, problem = release(page)
            if last != wanted:
                return False
        return True

    if not within(seconds, arrived, pause_s=PAUSE_S):
        shown = f"release {last}" if last else f"no release ({problem})"
        url = str(page.base_url).rstrip("/")
        raise TimedOutError(f"{url} shows {shown}, not {wanted}, after {seconds:g} s")


def errors_on(url: str, wanted: str) -> bool:
    """Whether the error switch of this release is ON; a page without a switch counts as OFF.

    Raises GateError if something else answers, such as another release or a proxy.
    """
    try:
        with client(url) as page:
            answer = page.get("/api/error-sim")
        found = answer.headers.get(RELEASE, "")
        if found != wanted:
            raise GateError(
                f"{url} does not say whether its errors are ON: {found or 'no release'} answers, not {wanted}"
            )
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        return bool(answer.raise_for_status().json()["enabled"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise GateError(f"{url} does not say whether its errors are ON: {error}".splitlines()[0]) from error
