"""The release view on the presenter's machine, beside a cluster of `make cluster`."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace

from delivery.adapters.kubectl import Kubectl
from delivery.adapters.process import ToolError
from delivery.domain.errors import ConfigurationError, DeliveryError
from delivery.domain.services import ROOT
from delivery.domain.settings import Settings
from demo import access, api
from demo.access import ACCOUNT
from demo.cluster import Cluster, app_name
from demo.environment import Environment
from stage.api import PATIENCE_S, Api, Login
from stage.apm import Question, proxied
from stage.app import create_app
from stage.events import Session
from stage.live import Ways, following
from stage.recording import Recording
from stage.serving import on_this_machine, say, serve
from stage.sources import SourceError
from stage.target import SECOND, Target
from stage.target import arguments as judged_by

TOKEN = "1h"  # noqa: S105 - how long it is valid


@dataclass(frozen=True)
class Account:
    """The cluster's read-only user `stage`; each login has a new token, which is valid for an hour."""

    context: str
    platform: str  # the account's namespace

    def __call__(self) -> Login:
        """Log in, for stage.api. Raises a SourceError if kubectl gets no token."""
        try:
            return self.login()
        except DeliveryError as error:
            raise SourceError(str(error)) from error

    def login(self) -> Login:
        """Log in, or raise a DeliveryError that says what to do."""
        server, trust, _ = api.configured(self.context)
        ask = ("create", "token", ACCOUNT, f"--duration={TOKEN}", f"--request-timeout={PATIENCE_S:g}s")
        try:
            token = Kubectl(self.context)(*ask, namespace=self.platform, seconds=2 * PATIENCE_S)
        except ToolError as error:
            if "not found" in error.output.lower():
                raise ConfigurationError(
                    f"the cluster has no account {ACCOUNT}, through which its state is read; "
                    f"add it: {access.add(self.context)}"
                ) from error
            raise
        return server, trust, token.strip()


def existing(env: str) -> tuple[Target, Ways]:
    """An environment of the cluster and how to reach it; a ConfigurationError says what is missing."""
    settings = Settings.from_file(ROOT)
    strategy = settings.environment(env).strategy
    if strategy not in SECOND:
        able = " or ".join(each.name for each in settings.environments if each.strategy in SECOND)
        raise ConfigurationError(f"{env} has no canary or preview to show; choose ENV={able}")
    cluster = Cluster.existing(os.environ.get("CLUSTER_NAME") or app_name())
    environment = Environment(cluster, env)
    urls = environment.urls()
    if not {"vote", SECOND[strategy]} <= urls.keys():
        raise ConfigurationError(f"{env} is not deployed; deploy it: make cluster ENV={env}")
    try:
        judged = judged_by(environment.kubectl.objects("analysistemplates.argoproj.io"))
    except SourceError as error:
        raise ConfigurationError(str(error)) from error
    platform = settings.namespace("platform")
    account = Account(cluster.kubectl.context, platform)
    account.login()  # without the account, say so now
    shared = Api(account)
    target = Target(
        strategy=strategy,
        namespace=environment.namespace,
        users=urls["vote"],
        second=urls[SECOND[strategy]],
        threshold=float(judged["error-threshold"]),
        question=Question(app=f"{settings.name}-vote", env=env, window=judged["window"]),
    )
    # *.localhost is this machine, which Python would ask DNS about.
    front_door = f"127.0.0.1:{cluster.port}"
    return target, Ways(api=shared, apm=proxied(shared, platform), front_door=front_door)


def watch(env: str, port: int, votes: Iterable[bytes] | None = None) -> None:
    """Show the environment live with votes of its own, or with those of somebody else; and record it."""
    target, ways = existing(env)
    ways = replace(ways, votes=votes)
    listener = on_this_machine(port)
    record = Recording(ROOT / ".stage", env)
    session = Session(record=record)
    session.publish("session", **target.session)
    with following(target, ways, session.publish) as flip:
        say(port, f"shows {env} and records it in {record.path.relative_to(ROOT)}")
        serve(session, listener, create_app(session, flip))
