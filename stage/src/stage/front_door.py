"""Connections to the app's pages as users make them: through the front door, by the pages' own URLs."""

import httpx

RELEASE = "X-Release"  # each response of vote has its release in this header


class Through(httpx.HTTPTransport):
    """Connects to one address whatever the URL's host; the Host header and SNI keep the name."""

    def __init__(self, address: str, limits: httpx.Limits) -> None:
        """`address` is HOST:PORT."""
        # Traefik creates a new certificate at each start, so it cannot be verified there.
        super().__init__(verify=False, limits=limits)
        self._address = httpx.URL(f"//{address}")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to the address."""
        request.extensions["sni_hostname"] = request.url.host
        request.url = request.url.copy_with(host=self._address.host, port=self._address.port)
        return super().handle_request(request)


def client(url: str, address: str = "", *, patience_s: float) -> httpx.Client:
    """A client for one page; every request uses a new connection, because Services balance connections.

    It connects to `address`, HOST:PORT, without verifying a certificate; or, if that is empty, to the URL.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(
        base_url=url,
        transport=Through(address, limits) if address else None,
        limits=limits,
        trust_env=not address,  # a proxy would connect elsewhere
        timeout=patience_s,
        headers={"Accept": "application/json", "Connection": "close"},
    )
