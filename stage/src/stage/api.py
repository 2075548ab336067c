"""The cluster's API, with a login that all connections share until one of them fails."""

import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from stage.sources import FAILURES

PAUSE_S = 1.0  # between two attempts to log in: on a presenter's machine, each runs kubectl
PATIENCE_S = 3.0  # an ask without an answer in this time has failed


Login = tuple[str, ssl.SSLContext, str]  # the server, how to verify it, and the token


class Api:
    """Connects to a cluster's API with a token that all connections share until one of them fails."""

    def __init__(self, login: Callable[[], Login]) -> None:
        """`login` returns a new login, or raises one of FAILURES."""
        self._ask = login
        self._login: Login | None = None
        self._refused: tuple[Exception, float] | None = None  # the last attempt, and when the next may follow
        self._lock = threading.Lock()

    def connect(self) -> httpx.Client:
        """A new client, for the caller to close. Raises one of FAILURES if there is no login."""
        with self._lock:
            server, trust, token = self._login = self._login or self._new_login()
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(
            base_url=server, verify=trust, headers=headers, timeout=PATIENCE_S, trust_env=False
        )

    def forget(self) -> None:
        """Log in again next time: the token may have expired, or the cluster was created again."""
        with self._lock:
            self._login = None

    def _new_login(self) -> Login:
        if self._refused and time.monotonic() < self._refused[1]:
            raise self._refused[0].with_traceback(None)
        try:
            return self._ask()
        except FAILURES as error:
            self._refused = error, time.monotonic() + PAUSE_S
            raise


def service_account(server: str, folder: Path) -> Login:
    """The login of a pod's service account; its token is replaced in this folder before it expires."""
    trust = ssl.create_default_context(cafile=folder / "ca.crt")
    return server, trust, (folder / "token").read_text().strip()
