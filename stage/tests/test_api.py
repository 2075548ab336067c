"""The login of the read-only account; the cluster's tests use it on a real API server."""

import ssl

import pytest

from delivery.adapters.kubectl import Kubectl
from delivery.adapters.process import ToolError
from delivery.domain.errors import ConfigurationError
from demo import api as demo_api
from stage.api import Api


@pytest.fixture
def asked(monkeypatch):
    """What kubectl was asked; each token is another one, and `no` is its error."""
    calls = []

    def kubectl(self, *arguments, namespace="", **_):
        calls.append((self.context, namespace, *arguments))
        if "no" in calls:
            raise ToolError("kubectl create token failed", 'serviceaccounts "stage" not found')
        return f"token-{len(calls)}\n"

    monkeypatch.setattr(Kubectl, "__call__", kubectl)
    trust = ssl.create_default_context()
    monkeypatch.setattr(demo_api, "configured", lambda context: ("https://127.0.0.1:6443", trust, {}))
    return calls


def test_connections_share_a_short_lived_token_until_it_is_forgotten(asked):
    api = Api("kind-x", "acme-platform")

    def token() -> str:
        with api.connect() as client:
            assert str(client.base_url) == "https://127.0.0.1:6443"
            return client.headers["Authorization"]

    assert token() == token() == "Bearer token-1"
    api.forget()
    assert token() == "Bearer token-2"
    create = ("create", "token", "stage", "--duration=1h", "--request-timeout=3s")
    assert asked == [("kind-x", "acme-platform", *create)] * 2


def test_a_cluster_without_the_account_says_how_to_create_it(asked):
    asked.append("no")
    api = Api("kind-x", "acme-platform")

    with pytest.raises(ConfigurationError, match=r"no account stage.* create it: kubectl apply -k"):
        api.connect()
    with pytest.raises(ConfigurationError, match="no account stage"):
        api.connect()
    assert len(asked) == 2  # `no` and one attempt: the next may follow after a second
