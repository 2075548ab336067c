"""One environment of a cluster: deploy a tag to it, look at its vote service, know its addresses."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from delivery.errors import ConfigurationError
from demo import api, deployment, overlay, workloads
from demo.cluster import Cluster
from demo.rollout import State, wait_for

SECRET = "voting01-database"  # noqa: S105 - its name


@dataclass(frozen=True)
class Environment:
    """dev, qa, uat or staging on a cluster."""

    cluster: Cluster
    name: str

    def __post_init__(self) -> None:
        overlay.checked(self.name)

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return f"voting01-{self.name}"

    @property
    def deployed(self) -> bool:
        """Whether a vote service is there, in whatever state."""
        return self._look() is not None

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
        self._make_secret()
        folder = self.cluster.folder(self.name)
        content = overlay.kustomization(
            self.name, tag, folder=folder, port=self.cluster.port, fast=fast, extra=extra or {}
        )
        kubectl("apply", "--kustomize", str(overlay.write(content, folder)), seconds=120)
        if not all(map(workloads.ready, kubectl.objects("statefulsets", self.namespace))):
            workloads.open_volumes(kubectl, self.namespace, self.cluster.nodes)
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
        """The first State of its newest specification for which the condition holds."""
        return wait_for(self.look, condition, what=what, release=release, seconds=seconds, seen=seen)

    def heal(self, *, fast: bool = True, seconds: float = 300) -> State:
        """Its stable release as k8s/ describes it now, wherever it was before; Healthy."""
        self.deploy(self.look().stable_tag, fast=fast)
        if self.look().aborted:  # the aborted release has that tag, too: the controller leaves it as it is
            self._rollouts("retry", "rollout", "vote")
            self._rollouts("promote", "vote", "--full")
        self.wait_ready(seconds)
        return self.look()

    def wait_ready(self, seconds: float = 300) -> None:
        """Return once every workload is ready and vote is fully rolled out."""
        self.cluster.wait_ready(self.namespace, seconds=seconds)
        self.wait_for(lambda state: state.healthy, what=f"vote of {self.name} is Healthy", seconds=seconds)

    def promote(self) -> None:
        """Let the release go on; wait until it is Paused first, or nothing happens."""
        self._rollouts("promote", "vote")

    def _rollouts(self, *command: str) -> None:
        self.cluster.kubectl("argo", "rollouts", *command, f"--namespace={self.namespace}")

    def _look(self) -> State | None:
        context = self.cluster.kubectl.context
        found = api.objects(context, self.namespace, "Rollout", "Deployment", "ReplicaSet")
        replica_sets = [each for each in found if each["kind"] == "ReplicaSet"]
        for each in found:
            if each["metadata"]["name"] == "vote" and each["kind"] != "ReplicaSet":
                read = State.read if each["kind"] == "Rollout" else deployment.read
                return read(each, replica_sets)
        return None

    def _make_secret(self) -> None:
        where = f"--namespace={self.namespace}"
        kubectl = self.cluster.kubectl
        if kubectl("get", "secret", SECRET, where, "--ignore-not-found", "--output=name"):
            return
        password = secrets.token_hex(16)  # it becomes part of an address
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": SECRET}}
        secret["stringData"] = {"password": password}
        kubectl("create", "--filename=-", where, stdin=json.dumps(secret))
