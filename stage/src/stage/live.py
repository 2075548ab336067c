"""The live sources of one environment on a cluster of this machine."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from delivery.domain.errors import ConfigurationError
from delivery.domain.objects import Object
from delivery.domain.services import ROOT
from delivery.domain.settings import Settings
from demo.cluster import Cluster as KindCluster
from demo.cluster import app_name
from demo.environment import Environment
from demo.local_pages import failure
from stage.api import Api
from stage.apm import Apm, Question
from stage.app import SwitchError
from stage.cluster import Cluster
from stage.sources import CHECK_S, FAILURES, Publish, Source, repeat
from stage.switch import Switch
from stage.voters import Voters

SECOND = {"canary": "vote-canary", "blue-green": "vote-preview"}  # the Ingress of the release that is judged
STOP_S = 1.5  # a thread that waits longer than this for an answer ends with the process


@dataclass(frozen=True, kw_only=True)
class Target:
    """What to follow."""

    strategy: str
    namespace: str
    users: str  # the address that users have
    second: str  # the canary's or preview's
    threshold: float  # percent
    question: Question
    api: Api

    @classmethod
    def existing(cls, env: str) -> "Target":
        """An environment of the cluster; a ConfigurationError says what is missing."""
        settings = Settings.from_file(ROOT)
        strategy = settings.environment(env).strategy
        if strategy not in SECOND:
            able = " or ".join(each.name for each in settings.environments if each.strategy in SECOND)
            raise ConfigurationError(f"{env} has no canary or preview to show; choose ENV={able}")
        kind = KindCluster.existing(os.environ.get("CLUSTER_NAME") or app_name())
        environment = Environment(kind, env)
        urls = environment.urls()
        if not {"vote", SECOND[strategy]} <= urls.keys():
            raise ConfigurationError(f"{env} is not deployed; deploy it: make cluster ENV={env}")
        judged = arguments(environment.kubectl.objects("analysistemplates.argoproj.io"))
        platform, app = settings.namespace("platform"), f"{settings.name}-vote"
        api = Api(kind.kubectl.context, platform)
        api.connect().close()  # without the account, say so now
        return cls(
            strategy=strategy,
            namespace=environment.namespace,
            users=urls["vote"],
            second=urls[SECOND[strategy]],
            threshold=float(judged["error-threshold"]),
            question=Question(platform=platform, app=app, env=env, window=judged["window"]),
            api=api,
        )

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

    @contextmanager
    def following(self, publish: Publish) -> Iterator[Callable[[], bool]]:
        """Run every source within the block; yields what toggles the switch of the canary or preview."""
        cluster = Cluster(self.api, self.namespace, publish)
        switch = Switch(self.second, cluster, publish)
        voters, stop = Voters(self.users, publish), threading.Event()
        asked = {
            Source("apm", publish): Apm(self.api, self.question, cluster, publish).ask,
            Source("switch", publish): switch.ask,
        }
        threads = [
            *cluster.threads(stop),
            *(threading.Thread(target=repeat, args=(*each, stop), daemon=True) for each in asked.items()),
            threading.Thread(target=check, args=([cluster.source, voters.source, *asked], stop), daemon=True),
        ]
        for thread in threads:
            thread.start()
        voters.start()
        try:
            yield partial(flip, switch)
        finally:
            voters.end()
            stop.set()
            end = time.monotonic() + STOP_S
            for thread in threads:
                thread.join(max(0.0, end - time.monotonic()))


def arguments(templates: list[Object]) -> dict[str, str]:
    """The arguments of the analysis that judges the error rate, as the cluster has them."""
    for each in templates:
        found = {arg["name"]: arg.get("value", "") for arg in each["spec"].get("args", [])}
        if {"error-threshold", "window"} <= found.keys():
            return found
    raise ConfigurationError("no AnalysisTemplate there has an error-threshold; deploy the environment again")


def flip(switch: Switch) -> bool:
    """Toggle the switch; returns whether it is ON now, or raises a SwitchError that says why it was not."""
    try:
        return switch.flip()
    except FAILURES as error:
        raise SwitchError(failure(error)) from error


def check(sources: list[Source], stop: threading.Event) -> None:
    """Publish which sources have become unknown, until `stop`."""
    while not stop.wait(CHECK_S):
        for each in sources:
            each.check()
