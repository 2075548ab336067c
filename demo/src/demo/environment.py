"""One environment on a cluster: deploys tags to it, and reads its vote service and its URLs."""

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
from delivery.domain.image import Image
from delivery.domain.rollout import State
from delivery.domain.services import BESIDE, ROOT
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
        """Runs kubectl in its namespace."""
        settings = replace(Settings.from_file(ROOT), connect="kind", cluster=self.cluster.name)
        return edge.Cluster(settings, self.name)

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return self.kubectl.namespace

    @property
    def deployed(self) -> bool:
        """Whether it has a vote service, in any state."""
        return self._look() is not None

    @property
    def tag(self) -> str:
        """The image tag of the stable release, or of the newest one if none was ever stable."""
        state = self.look()
        return state.stable_tag or state.tag

    def urls(self) -> dict[str, str]:
        """The URLs by Ingress: vote, result, and vote-canary or vote-preview."""
        ingresses = self.cluster.kubectl.objects("ingresses", self.namespace)
        return {
            each["metadata"]["name"]: f"https://{each['spec']['rules'][0]['host']}:{self.cluster.port}"
            for each in ingresses
        }

    def deploy(self, tag: str, *, fast: bool = True, extra: Mapping[str, list[Any]] | None = None) -> str:
        """Apply the overlay with this tag; returns the release's hash once the controller has set it.

        The images must be on the nodes. `extra` is added to the generated kustomization, for example
        {"patches": [...]}.
        """
        kubectl = self.cluster.kubectl
        self.kubectl.make_password(RUNNER)
        content = kustomization.generated(
            self.name, tag, port=self.cluster.port, fast=fast, extra=extra or {}, running=self.beside()
        )
        folder = kustomization.copied(self.name, content, self.cluster.folder(self.name))
        kubectl("apply", "--kustomize", str(folder), seconds=120)
        if not all(map(ready, kubectl.objects("statefulsets", self.namespace))):
            volumes.open_volumes(kubectl, self.namespace, self.cluster.nodes)
        return self.wait_for(lambda _: True, what="the controller knows the release", seconds=60).release

    def beside(self) -> dict[str, str]:
        """The tags of the services that run beside the release, which shares none with them."""
        found = api.objects(self.cluster.kubectl.context, self.namespace, "Deployment")
        return {
            each.service: each.tag
            for each in map(Image.read, kustomization.images(found))
            if each.service in BESIDE
        }

    def release(self, tag: str, *, fast: bool = True) -> str:
        """Deploy the running images under a new tag, as a new release; returns its hash."""
        self.cluster.retag(self.look().tag, tag)
        return self.deploy(tag, fast=fast)

    def look(self) -> State:
        """The current state of the vote service."""
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
        """Wait until the condition holds for the newest specification and this release; returns the State.

        `seen` gets every State in between. Raises GateError if the release is aborted instead.
        """
        last = "its state is unknown"

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
        """Deploy the stable release with the current k8s/, from any state; returns once it is Healthy."""
        self.deploy(self.tag, fast=fast)
        if self.look().aborted:  # the aborted release has the same tag, so the controller does nothing
            self.kubectl("argo", "rollouts", "retry", "rollout", "vote")
            self.kubectl.plugin("promote", "--full", runner=RUNNER)
        self.wait_ready(seconds)
        return self.look()

    def wait_ready(self, seconds: float = 300) -> None:
        """Return once every workload is ready and vote is fully rolled out."""
        self.cluster.wait_ready(self.namespace, seconds=seconds)
        self.wait_for(lambda state: state.healthy, what=f"vote of {self.name} is Healthy", seconds=seconds)

    def wait_for_pages(self) -> None:
        """Return once vote's page shows the newest release, and result's page has figures."""
        urls = self.urls()
        Page(urls["vote"]).wait_for(self.look().release)
        Page(urls["result"]).wait_for_total()

    def promote(self) -> None:
        """Promote the release, which must be Paused: otherwise nothing happens."""
        self.kubectl.plugin("promote", runner=RUNNER)

    def runs(self, release: str) -> list[Run]:
        """The analyses of a release, oldest first."""
        return analysis.runs(self.kubectl.objects("analysisruns.argoproj.io"), release)

    def verdicts(self, release: str) -> list[Verdict]:
        """The verdicts of a release's analysis Jobs; a Job's log is deleted two minutes after its end."""
        lines = (self.kubectl.log(each.job) or "" for _, each in analysis.ended(self.runs(release)))
        return [said for said in map(Verdict.read, lines) if said is not None]

    def _look(self) -> State | None:
        context = self.cluster.kubectl.context
        return State.read(api.objects(context, self.namespace, "Rollout", "Deployment", "ReplicaSet"))
