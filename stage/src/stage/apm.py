"""Asks apm for the error rate of the release that is being judged, through the API server."""

import json
from dataclasses import dataclass

from delivery.domain.errors import DeliveryError
from stage.api import Api
from stage.cluster import Cluster
from stage.sources import Publish


@dataclass(frozen=True, kw_only=True)
class Question:
    """Where apm is, and what the analyses ask it."""

    platform: str  # its namespace
    app: str
    env: str
    window: str


class Apm:
    """Publishes the error rate of the newest release: the canary, the preview, or an aborted one."""

    def __init__(self, api: Api, question: Question, cluster: Cluster, publish: Publish) -> None:
        self._api, self._cluster, self._publish = api, cluster, publish
        # apm has no address outside the cluster, and its Service's port is named http.
        self._path = f"api/v1/namespaces/{question.platform}/services/apm:http/proxy/v1/metrics"
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
            raise DeliveryError("no release is known")
        with self._api.connect() as client:
            answer = client.get(self._path, params=self._asked | {"release": state.release})
        if answer.is_error:
            raise DeliveryError(_refusal(answer.text) or f"HTTP {answer.status_code}")
        said = answer.json()
        percent, requests = said["errorRate"], said["requests"]
        if said["release"] != state.release:
            raise DeliveryError("its answer is about another release")
        if not isinstance(percent, int | float | None) or not isinstance(requests, int):
            raise DeliveryError("its answer is not a rate")
        self._publish("rate", release=state.release, percent=percent, requests=requests)


def _refusal(text: str) -> str:
    """The one line in which apm, or the API server in its place, says why it does not answer."""
    try:
        said = json.loads(text)
        return str(said.get("error") or said.get("message") or "").splitlines()[0]
    except (ValueError, AttributeError, IndexError):
        return ""
