"""What a session follows: one environment, as the cluster has it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from stage.api import Api
from stage.apm import Question
from stage.objects import Object
from stage.rollout import State
from stage.sources import SourceError
from stage.watch import PATHS

SECOND = {"canary": "vote-canary", "blue-green": "vote-preview"}  # the Ingress of the release that is judged
INGRESSES = "apis/networking.k8s.io/v1/namespaces/{}/ingresses"
TEMPLATES = "apis/argoproj.io/v1alpha1/namespaces/{}/analysistemplates"


@dataclass(frozen=True, kw_only=True)
class Target:
    """What to follow."""

    strategy: str
    namespace: str
    users: str  # the address that users have
    second: str  # the canary's or preview's
    threshold: float  # percent
    question: Question

    @property
    def session(self) -> dict[str, Any]:
        """The content of the `session` event."""
        return {
            "version": 1,
            "started": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "environment": self.question.env,
            "strategy": self.strategy,
            "threshold": self.threshold,
            "users": self.users,
            "second": self.second,
        }


def discover(api: Api, namespace: str) -> Target:
    """What this namespace has to follow. Raises one of FAILURES; a SourceError says what is missing."""
    with api.connect() as client:
        rollouts, templates, ingresses = (
            _listed(client, path.format(namespace)) for path in (PATHS["Rollout"], TEMPLATES, INGRESSES)
        )
    state = State.read(each | {"kind": "Rollout"} for each in rollouts)
    urls = addresses(ingresses)
    if state is None or not {"vote", SECOND[state.strategy]} <= urls.keys():
        raise SourceError(f"{namespace} has no canary or preview to show, or it is not deployed yet")
    judged = arguments(templates)
    app = judged["app-name"]
    return Target(
        strategy=state.strategy,
        namespace=namespace,
        users=urls["vote"],
        second=urls[SECOND[state.strategy]],
        threshold=float(judged["error-threshold"]),
        question=Question(
            app=app,
            env=namespace.removeprefix(app.rpartition("-")[0] + "-"),  # as the analyses do
            window=judged["window"],
        ),
    )


def addresses(ingresses: list[Object]) -> dict[str, str]:
    """The URLs of our own Ingresses, by name; one without a host has none."""
    ours = [each for each in ingresses if each["metadata"]["name"] in {"vote", *SECOND.values()}]
    return {
        each["metadata"]["name"]: f"https://{rule['host']}"
        for each in ours
        for rule in each["spec"].get("rules", [])[:1]
        if "host" in rule
    }


def arguments(templates: list[Object]) -> dict[str, str]:
    """The arguments of the analysis that judges the error rate, as the cluster has them."""
    for each in templates:
        found = {arg["name"]: arg.get("value", "") for arg in each["spec"].get("args", [])}
        if {"error-threshold", "window"} <= found.keys():
            return found
    raise SourceError("no AnalysisTemplate there has an error-threshold; deploy the environment again")


def _listed(client: httpx.Client, path: str) -> list[Object]:
    found: list[Object] = client.get(path).raise_for_status().json()["items"]
    return found
