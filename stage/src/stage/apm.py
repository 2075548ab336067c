"""Asks apm for the error rate of the release that is being judged."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from stage.api import PATIENCE_S, Api
from stage.cluster import Cluster
from stage.sources import Publish, SourceError

Connect = Callable[[], httpx.Client]  # a new client whose base URL is apm's, for the caller to close


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the analyses ask apm."""

    app: str
    env: str
    window: str


class Apm:
    """Publishes the error rate of the newest release: the canary, the preview, or an aborted one."""

    def __init__(self, connect: Connect, question: Question, cluster: Cluster, publish: Publish) -> None:
        self._connect, self._cluster, self._publish = connect, cluster, publish
        self._asked = {
            "app": question.app,
            "env": question.env,
            "metric": "errorRate",
            "window": question.window,
        }

    def ask(self) -> None:
        """Publish the rate, null without requests.

        Raises one of FAILURES if apm does not answer, or not about this release.
        """
        state = self._cluster.state
        if state is None or not state.release:
            raise SourceError("no release is known")
        with self._connect() as client:
            answer = client.get("v1/metrics", params=self._asked | {"release": state.release})
        if answer.is_error:
            raise SourceError(_refusal(answer.text) or f"HTTP {answer.status_code}")
        said = answer.json()
        percent, requests = said["errorRate"], said["requests"]
        if said["release"] != state.release:
            raise SourceError("its answer is about another release")
        if not isinstance(percent, int | float | None) or not isinstance(requests, int):
            raise SourceError("its answer is not a rate")
        self._publish("rate", release=state.release, percent=percent, requests=requests)


def direct(url: str) -> Connect:
    """How a pod connects to apm."""
    return lambda: httpx.Client(base_url=url, timeout=PATIENCE_S, trust_env=False)


def proxied(api: Api, namespace: str) -> Connect:
    """How a machine outside the cluster connects to the apm in this namespace: through the API server."""

    def connect() -> httpx.Client:
        client = api.connect()
        client.base_url = client.base_url.join(f"api/v1/namespaces/{namespace}/services/apm:http/proxy/")
        return client

    return connect


def _refusal(text: str) -> str:
    """The one line in which apm, or the API server in its place, says why it does not answer."""
    try:
        said = json.loads(text)
        return str(said.get("error") or said.get("message") or "").splitlines()[0]
    except (ValueError, AttributeError, IndexError):
        return ""
