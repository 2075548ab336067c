"""The cluster's API as its read-only user `stage`, whose token is valid for an hour."""

import ssl
import threading
import time

import httpx

from delivery.adapters.kubectl import Kubectl
from delivery.adapters.process import ToolError
from delivery.domain.errors import ConfigurationError, DeliveryError
from demo import api

ACCOUNT = "stage"
TOKEN = "1h"  # noqa: S105 - how long it is valid
PAUSE_S = 1.0  # between two attempts to get a token: kubectl takes a tenth of a second of a core
PATIENCE_S = 3.0  # an ask without an answer in this time has failed


Login = tuple[str, ssl.SSLContext, str]  # the server, how to verify it, and the token


class Api:
    """Connects to a cluster's API with a token that all connections share until one of them fails."""

    def __init__(self, context: str, platform: str) -> None:
        """`platform` is the namespace of the account."""
        self._context, self._platform = context, platform
        self._login: Login | None = None
        self._refused: tuple[DeliveryError, float] | None = (
            None  # the last attempt, and when the next may follow
        )
        self._lock = threading.Lock()

    def connect(self) -> httpx.Client:
        """A new client, for the caller to close. Raises a DeliveryError if kubectl gets no token."""
        with self._lock:
            server, trust, token = self._login = self._login or self._new_login()
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(
            base_url=server, verify=trust, headers=headers, timeout=PATIENCE_S, trust_env=False
        )

    def forget(self) -> None:
        """Ask for a new token next time: this one may have expired, or the cluster was created again."""
        with self._lock:
            self._login = None

    def _new_login(self) -> Login:
        if self._refused and time.monotonic() < self._refused[1]:
            raise self._refused[0].with_traceback(None)
        try:
            return self._asked_login()
        except DeliveryError as error:
            self._refused = error, time.monotonic() + PAUSE_S
            raise

    def _asked_login(self) -> Login:
        server, trust, _ = api.configured(self._context)
        ask = ("create", "token", ACCOUNT, f"--duration={TOKEN}", f"--request-timeout={PATIENCE_S:g}s")
        try:
            token = Kubectl(self._context)(*ask, namespace=self._platform, seconds=2 * PATIENCE_S)
        except ToolError as error:
            if "not found" in error.output.lower():
                raise ConfigurationError(
                    f"the cluster has no account {ACCOUNT}, through which its state is read; "
                    "create it: kubectl apply -k k8s/platform"
                ) from error
            raise
        return server, trust, token.strip()
