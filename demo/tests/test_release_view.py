"""`make stage`: which environments can be shown, and the login of the read-only account."""

import os
import ssl
import subprocess
import sys

import pytest

from delivery.adapters.kubectl import Kubectl
from delivery.adapters.process import ToolError
from delivery.domain.errors import ConfigurationError
from demo import api, release_view
from demo.release_view import Account
from stage.sources import SourceError


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
    monkeypatch.setattr(api, "configured", lambda context: ("https://127.0.0.1:6443", trust, {}))
    return calls


def test_each_login_has_a_new_token_of_an_hour(asked):
    login = Account("kind-x", "acme-platform")

    assert [login()[2], login()[2]] == ["token-1", "token-2"]
    create = ("create", "token", "stage", "--duration=1h", "--request-timeout=3s")
    assert asked == [("kind-x", "acme-platform", *create)] * 2


def test_a_cluster_without_the_account_says_how_to_create_it(asked):
    asked.append("no")
    account = Account("kind-x", "acme-platform")

    with pytest.raises(
        ConfigurationError, match=r"no account stage.* add it: kubectl apply -k \S+ -l \S+ --context=kind-x$"
    ):
        account.login()
    with pytest.raises(SourceError, match="no account stage"):  # later, it is a source that does not answer
        account()


def test_an_environment_without_a_second_release_cannot_be_shown():
    with pytest.raises(ConfigurationError, match=r"^dev has no canary or preview to show; choose ENV=qa or"):
        release_view.existing("dev")


@pytest.mark.servers
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--port", "0"], "stage: STAGE_PORT must be a number from 1 to 65535, not '0'"),
        (["--env", "dev"], "stage: dev has no canary or preview to show; choose ENV="),
        ([], "stage: kind is not on the PATH; "),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments, line):
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "demo.stage", *arguments],
        env=os.environ | {"PATH": "/nonexistent", "KUBECONFIG": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(line)
    assert len(done.stderr.splitlines()) == 1
