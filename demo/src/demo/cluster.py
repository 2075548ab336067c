"""A kind cluster: created, filled with what every environment needs, and deleted."""

import json
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from delivery.adapters import docker
from delivery.adapters.kubectl import Kubectl
from delivery.adapters.polling import until
from delivery.adapters.process import ToolError, run
from delivery.domain.errors import ConfigurationError, DeliveryError
from delivery.domain.services import ROOT
from delivery.domain.settings import Settings
from demo import images, kustomization, readiness
from demo.kustomization import K8S, PORT, our_images

ROLLOUTS_VERSION = "v1.9.1"
ROLLOUTS_MANIFEST = (
    f"https://github.com/argoproj/argo-rollouts/releases/download/{ROLLOUTS_VERSION}/install.yaml"
)
ROLLOUTS_IMAGE = f"quay.io/argoproj/argo-rollouts:{ROLLOUTS_VERSION}"
ROLLOUTS_NAMESPACE = "argo-rollouts"
TRAEFIK = "30443/tcp"  # its NodePort, which kind.yaml maps to this machine
IN_MEMORY = """
kubeadmConfigPatches: # /tmp of a node is in memory
  - |
    kind: ClusterConfiguration
    etcd: {local: {dataDir: /tmp/etcd}}
"""


def app_name() -> str:
    """The app's name in delivery.toml, which its cluster on this machine has, too."""
    return Settings.from_file(ROOT).name


@dataclass(frozen=True)
class Cluster:
    """A kind cluster, whose pages are on this port of 127.0.0.1.

    `brief` keeps etcd in memory: it spares the disk, and the state is lost when the node stops.
    """

    name: str = field(default_factory=app_name)
    port: int = PORT
    brief: bool = False
    node_image: str = field(default_factory=lambda: os.environ.get("KIND_NODE_IMAGE", ""))
    rollouts_manifest: str = field(
        default_factory=lambda: os.environ.get("ARGO_ROLLOUTS_MANIFEST") or ROLLOUTS_MANIFEST
    )

    @classmethod
    def existing(cls, name: str) -> Self:
        """The running cluster of this name, with the port it was created with."""
        if not cls(name).exists:
            raise ConfigurationError(f"there is no cluster {name}; create it: make cluster")
        cluster = cls(name, cls.bound_port(name))
        cluster.require_answer()
        return cluster

    @staticmethod
    def bound_port(name: str) -> int:
        """The port that a cluster was created with; a cluster that is not ours is refused."""
        bound = json.loads(
            run("docker", "inspect", "--format", "{{json .HostConfig.PortBindings}}", f"{name}-control-plane")
        )
        if TRAEFIK not in bound:
            raise ConfigurationError(
                f"the cluster {name} was not created by `make cluster`; choose another name: CLUSTER_NAME=..."
            )
        return int(bound[TRAEFIK][0]["HostPort"])

    @property
    def kubectl(self) -> Kubectl:
        """Runs kubectl with this cluster's context."""
        return Kubectl(f"kind-{self.name}")

    @property
    def platform_namespace(self) -> str:
        """Where apm, Prometheus and Traefik run."""
        return Settings.from_file(ROOT).namespace("platform")

    @property
    def exists(self) -> bool:
        """Whether kind knows a cluster of this name."""
        return self.name in run("kind", "get", "clusters").split()

    @property
    def nodes(self) -> list[str]:
        """The names of its nodes, which are containers."""
        return run("kind", "get", "nodes", "--name", self.name).split()

    def require_answer(self) -> None:
        """Return if its API server answers; otherwise raise an error that says what to do."""
        try:
            self.kubectl("get", "--raw", "/readyz", "--request-timeout=10s", seconds=15)
        except DeliveryError as error:
            raise ConfigurationError(
                f"the cluster {self.name} exists but does not answer; "
                "delete and create it again: make cluster-down cluster"
            ) from error

    def create(self) -> None:
        """Create the empty cluster; its port must be free."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise ConfigurationError(
                    f"port {self.port} cannot be used ({error.strerror}); stop the program that uses it, "
                    f"or choose another: make cluster CLUSTER_PORT={self.port + 1000}"
                ) from error
        config = (K8S / "platform/kind.yaml").read_text()
        config = config.replace(f"hostPort: {PORT}", f"hostPort: {self.port}")
        config += IN_MEMORY if self.brief else ""
        image = ["--image", self.node_image] if self.node_image else []
        command = ["kind", "create", "cluster", "--name", self.name, "--config=-", "--wait=120s", *image]
        run(*command, stdin=config, seconds=600)

    def delete(self) -> None:
        """Delete the cluster and everything in it, if it exists."""
        run("kind", "delete", "cluster", "--name", self.name, seconds=120)

    def build(self, tag: str, *services: str) -> None:
        """Build the images of these services with this tag, and load them onto the nodes."""
        built = {service: f"{name}:{tag}" for service, name in our_images().items() if service in services}
        docker.build_here(built, ROOT)
        images.load(self.name, *built.values())

    def node_images(self) -> set[str]:
        """The images that every node has, with their registries."""
        ask = ("ctr", "--namespace=k8s.io", "images", "ls", "--quiet")
        return set.intersection(*(set(run("docker", "exec", node, *ask).split()) for node in self.nodes))

    def lacking(self, tag: str) -> list[str]:
        """The services whose image with this tag is not on the nodes."""
        there = self.node_images()
        return [service for service, name in our_images().items() if f"{name}:{tag}" not in there]

    def load_third_party(self) -> list[str]:
        """Load the third-party images that Docker has; returns those that the cluster must pull."""
        rendered = [*kustomization.rendered("platform"), *kustomization.rendered("overlays/staging")]
        needed, has = kustomization.third_party(rendered) | {ROLLOUTS_IMAGE}, self.node_images()
        wanted = {each for each in needed if images.in_full(each) not in has}
        there = images.here(wanted)
        try:
            images.load(self.name, *there)
        except ToolError:
            there = []
        return sorted(wanted - set(there))

    def retag(self, old: str, new: str) -> None:
        """Give every image of the old tag that is on the nodes a new one: a new release of the same code."""
        nodes, lacking = self.nodes, self.lacking(old)
        for name in (name for service, name in our_images().items() if service not in lacking):
            for node in nodes:
                names = (f"{name}:{old}", f"{name}:{new}")
                run("docker", "exec", node, "ctr", "--namespace=k8s.io", "images", "tag", "--force", *names)

    def install_rollouts(self) -> None:
        """Install Argo Rollouts; repeating it changes nothing."""
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ROLLOUTS_NAMESPACE}}
        self.kubectl.apply(json.dumps(namespace))
        where = [f"--namespace={ROLLOUTS_NAMESPACE}", f"--filename={self.rollouts_manifest}"]
        self.kubectl("apply", "--server-side", "--force-conflicts", *where, seconds=180)
        kinds = "rollouts.argoproj.io,analysistemplates.argoproj.io,analysisruns.argoproj.io"
        # The API server takes a moment to serve new kinds.
        what, served = "the cluster knows Rollouts", lambda: self.kubectl.objects(kinds, ROLLOUTS_NAMESPACE)
        until(served, what=what, seconds=60)

    def platform(self, tag: str) -> None:
        """Apply the platform that every environment needs, with our apm at this tag."""
        folder = self.folder("platform")
        content = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [kustomization.relative(K8S / "platform", folder)],
            "images": [{"name": our_images()["apm"], "newTag": tag}],
        }
        self.kubectl("apply", "--kustomize", str(kustomization.write(content, folder)), seconds=120)

    def unready(self, *namespaces: str) -> list[str]:
        """The workloads that are not ready, or missing, in the platform and these namespaces."""
        wanted = (ROLLOUTS_NAMESPACE, self.platform_namespace, *namespaces)
        return readiness.unready(self.kubectl, wanted)

    def wait_ready(self, *namespaces: str, seconds: float = 300) -> None:
        """Return once every workload of the platform and these namespaces is ready."""
        left: list[str] = []

        def ready() -> bool:
            left[:] = self.unready(*namespaces)
            return not left

        until(ready, what="every workload is ready", seconds=seconds, why=lambda: ", ".join(left))

    def folder(self, part: str) -> Path:
        """The folder for the generated kustomization of one part; git ignores it."""
        return ROOT / ".local" / self.name / part
