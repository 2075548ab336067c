"""A login is shared until it is forgotten, and a pod's is that of its service account."""

import ssl

import pytest
import trustme

from stage.api import Api, service_account
from stage.sources import SourceError


def test_connections_share_a_token_until_it_is_forgotten():
    trust, tokens = ssl.create_default_context(), iter(["one", "two"])
    api = Api(lambda: ("https://127.0.0.1:6443", trust, next(tokens)))

    def token() -> str:
        with api.connect() as client:
            assert str(client.base_url) == "https://127.0.0.1:6443"
            return client.headers["Authorization"]

    assert token() == token() == "Bearer one"
    api.forget()
    assert token() == "Bearer two"


def test_a_login_that_fails_is_tried_again_after_a_pause():
    asked = []

    def login():
        asked.append(True)
        raise SourceError("no account")

    api = Api(login)
    for _ in range(3):
        with pytest.raises(SourceError, match="no account"):
            api.connect()
    assert len(asked) == 1


def test_a_pod_reads_its_token_again_at_each_login(tmp_path):
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    for token in ("first", "second"):  # kubelet replaces it
        (tmp_path / "token").write_text(token + "\n")
        server, trust, found = service_account("https://kubernetes.default.svc", tmp_path)
        assert (server, found) == ("https://kubernetes.default.svc", token)
        assert trust.verify_mode is ssl.CERT_REQUIRED


def test_without_an_account_the_file_is_named(tmp_path):
    api = Api(lambda: service_account("https://kubernetes.default.svc", tmp_path))

    with pytest.raises(FileNotFoundError):
        api.connect()
