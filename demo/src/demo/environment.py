"""One environment of a cluster: deploy a tag to it, look at its vote service, know its addresses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from delivery.adapters import kubectl as edge
from delivery.adapters.polling import until
from delivery.adapters.process import Runner
from delivery.domain import analysis
from delivery.domain.analysis import Run, Verdict
from delivery.domain.errors import ConfigurationError, GateError
from delivery.domain.rollout import State
from delivery.domain.services import ROOT
from delivery.domain.settings import Settings
from delivery.domain.workloads import ready
from delivery.output import log_lines
from demo import api, kustomization, volumes
from demo.cluster import Cluster
from demo.local_pages import Page

RUNNER = Runner()  # no dry run


@dataclass(frozen=True)
class Environment:
    """An environment of delivery.toml on a cluster."""

    cluster: Cluster
    name: str

    def __post_init__(self) -> None:
        Settings.from_file(ROOT).environment(self.name)

    @cached_property
    def kubectl(self) -> edge.Cluster:
        """The way to talk to its namespace."""
        settings = replace(Settings.from_file(ROOT), connect="kind", cluster=self.cluster.name)
        return edge.Cluster(settings, self.name)

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return self.kubectl.namespace

    @property
    def deployed(self) -> bool:
        """Whether a vote service is there, in whatever state."""
        return self._look() is not None

    @property
    def tag(self) -> str:
        """The image tag of its stable release; the newest one's before any was stable."""
        state = self.look()
        return state.stable_tag or state.tag

    def urls(self) -> dict[str, str]:
        """The addresses by their Ingress: vote, result, and vote-canary or vote-preview."""
        ingresses = self.cluster.kubectl.objects("ingresses", self.namespace)
        return {
            each["metadata"]["name"]: f"https://{each['spec']['rules'][0]['host']}:{self.cluster.port}"
            for each in ingresses
        }

    def deploy(self, tag: str, *, fast: bool = True, extra: Mapping[str, list[Any]] | None = None) -> str:
        """Apply the overlay with this tag, and return the release's hash once the controller knows it.

        The images must be on the nodes. `extra` adds to the generated kustomization, as
        {"patches": [...]}.
        """
        kubectl = self.cluster.kubectl
        self.kubectl.make_password(RUNNER)
        content = kustomization.generated(
            self.name, tag, port=self.cluster.port, fast=fast, extra=extra or {}
        )
        folder = kustomization.copied(self.name, content, self.cluster.folder(self.name))
        kubectl("apply", "--kustomize", str(folder), seconds=120)
        if not all(map(ready, kubectl.objects("statefulsets", self.namespace))):
            volumes.open_volumes(kubectl, self.namespace, self.cluster.nodes)
        return self.wait_for(lambda _: True, what="the controller knows the release", seconds=60).release

    def release(self, tag: str, *, fast: bool = True) -> str:
        """Deploy a new release: what runs now, under a new tag; its hash."""
        self.cluster.retag(self.look().tag, tag)
        return self.deploy(tag, fast=fast)

    def look(self) -> State:
        """The vote service as it is now."""
        state = self._look()
        if state is None:
            raise ConfigurationError(f"{self.name} is not deployed; deploy it: make deploy ENV={self.name}")
        return state

    def wait_for(
        self,
        condition: Callable[[State], bool],
        *,
        what: str,
        release: str = "",
        seconds: float = 120,
        seen: Callable[[State], None] = lambda _: None,
    ) -> State:
        """The first State of its newest specification, and of this release, for which the condition holds.

        `seen` gets every State on the way. A GateError says that the release was aborted instead.
        """
        last = "nothing was seen of it"

        def wanted() -> State | None:
            nonlocal last
            state = self.look()
            seen(state)
            last = f"it is {log_lines.phase(state) or 'new'}"
            if not state.current or release not in ("", state.release):
                return None
            if condition(state):
                return state
            if state.aborted:
                raise GateError(f"{state.tag} was aborted before {what}: {state.message}")
            return None

        return until(wanted, what=what, seconds=seconds, why=lambda: last)

    def heal(self, *, fast: bool = True, seconds: float = 300) -> State:
        """Its stable release as k8s/ describes it now, wherever it was before; Healthy."""
        self.deploy(self.tag, fast=fast)
        if self.look().aborted:  # the aborted release has that tag, too: the controller leaves it as it is
            self.kubectl("argo", "rollouts", "retry", "rollout", "vote")
            self.kubectl.plugin("promote", "--full", runner=RUNNER)
        self.wait_ready(seconds)
        return self.look()

    def wait_ready(self, seconds: float = 300) -> None:
        """Return once every workload is ready and vote is fully rolled out."""
        self.cluster.wait_ready(self.namespace, seconds=seconds)
        self.wait_for(lambda state: state.healthy, what=f"vote of {self.name} is Healthy", seconds=seconds)

    def wait_for_pages(self) -> None:
        """Return once its pages answer: vote's with the newest release, result's with figures."""
        urls = self.urls()
        Page(urls["vote"]).wait_for(self.look().release)
        Page(urls["result"]).wait_for_total()

    def promote(self) -> None:
        """Let the release go on; wait until it is Paused first, or nothing happens."""
        self.kubectl.plugin("promote", runner=RUNNER)

    def runs(self, release: str) -> list[Run]:
        """The analyses of a release, oldest first."""
        return analysis.runs(self.kubectl.objects("analysisruns.argoproj.io"), release)

    def verdicts(self, release: str) -> list[Verdict]:
        """What every Job of a release's analyses has said; they are gone two minutes after their end."""
        lines = (self.kubectl.log(each.job) or "" for _, each in analysis.ended(self.runs(release)))
        return [said for said in map(Verdict.read, lines) if said is not None]

    def _look(self) -> State | None:
        context = self.cluster.kubectl.context
        return State.read(api.objects(context, self.namespace, "Rollout", "Deployment", "ReplicaSet"))
