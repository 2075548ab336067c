"""Users' addresses do not resolve in a pod: connections go to the front door, for the host in the URL."""

import ssl

import httpx
import pytest
import trustme

from stage.front_door import client

from .servers import Server, say, serving

pytestmark = pytest.mark.servers


class Door(Server):
    """A front door that says which host it was asked for, by HTTP and by TLS."""

    def answer(self, request) -> None:
        say(request, {"host": request.headers["Host"], "sni": getattr(request.connection, "sni", "")})


@pytest.fixture
def door():
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(trust)
    trust.sni_callback = lambda connection, name, _: setattr(connection, "sni", name)
    with serving(Door()) as server:
        server._server.socket = trust.wrap_socket(server._server.socket, server_side=True)
        yield server


def test_the_front_door_is_asked_for_the_users_host(door):
    with client("https://vote.acme.example", door.address, patience_s=3) as page:
        assert page.get("/").json() == {"host": "vote.acme.example", "sni": "vote.acme.example"}


def test_without_one_the_certificate_is_verified(door):
    with (
        client(f"https://{door.address}", patience_s=3) as page,
        pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        page.get("/")
