"""A kind cluster of our own: made, filled with what every environment needs, and removed."""

import json
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
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
TRAEFIK = "30443/tcp"  # its NodePort, which kind.yaml leads to this machine
IN_MEMORY = """
kubeadmConfigPatches: # a node's /tmp is memory
  - |
    kind: ClusterConfiguration
    etcd: {local: {dataDir: /tmp/etcd}}
"""


def app_name() -> str:
    """The app's name in delivery.toml, which its cluster on this machine has, too."""
    return Settings.from_file(ROOT).name


@dataclass(frozen=True)
class Cluster:
    """One kind cluster by its name, whose pages answer on this port of 127.0.0.1.

    A brief one keeps its state in memory, which spares the disk and is gone once its node stops.
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
        """The running cluster of this name, on the port it was made with."""
        if not cls(name).exists:
            raise ConfigurationError(f"there is no cluster {name}; make one: make cluster")
        bound = json.loads(
            run("docker", "inspect", "--format", "{{json .HostConfig.PortBindings}}", f"{name}-control-plane")
        )
        if TRAEFIK not in bound:
            raise ConfigurationError(
                f"the cluster {name} is not one of `make cluster`; take another name: CLUSTER_NAME=..."
            )
        cluster = cls(name, int(bound[TRAEFIK][0]["HostPort"]))
        cluster.require_answer()
        return cluster

    @property
    def kubectl(self) -> Kubectl:
        """The way to talk to it."""
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
        """Its nodes, which are containers."""
        return run("kind", "get", "nodes", "--name", self.name).split()

    def require_answer(self) -> None:
        """Return if its API server answers; else say how to get out of that."""
        try:
            self.kubectl("get", "--raw", "/readyz", "--request-timeout=10s", seconds=15)
        except DeliveryError as error:
            raise ConfigurationError(
                f"the cluster {self.name} is there and does not answer; "
                "remove it and make it again: make cluster-down cluster"
            ) from error

    def create(self) -> None:
        """Make the cluster, empty; its port must be free."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise ConfigurationError(
                    f"port {self.port} cannot be used ({error.strerror}); stop what uses it, "
                    f"or take another: make cluster CLUSTER_PORT={self.port + 1000}"
                ) from error
        config = (K8S / "platform/kind.yaml").read_text()
        config = config.replace(f"hostPort: {PORT}", f"hostPort: {self.port}")
        config += IN_MEMORY if self.brief else ""
        image = ["--image", self.node_image] if self.node_image else []
        command = ["kind", "create", "cluster", "--name", self.name, "--config=-", "--wait=120s", *image]
        run(*command, stdin=config, seconds=600)

    def delete(self) -> None:
        """Remove the cluster and everything in it; none there is fine."""
        run("kind", "delete", "cluster", "--name", self.name, seconds=120)

    def build(self, tag: str, *services: str) -> None:
        """Build these services' images under this tag, and bring them to the nodes."""
        built = {service: f"{name}:{tag}" for service, name in our_images().items() if service in services}
        docker.build_here(built, ROOT)
        self.load(*built.values())

    def lacking(self, tag: str) -> list[str]:
        """The services whose image with this tag is not on the nodes."""
        listed = run("docker", "exec", self.nodes[0], "ctr", "--namespace=k8s.io", "images", "ls", "--quiet")
        there = set(listed.split())
        return [service for service, name in our_images().items() if f"{name}:{tag}" not in there]

    def load(self, *wanted: str) -> None:
        """Bring images of the local Docker engine to the nodes; those there already are quick."""
        if not wanted:
            return
        try:
            run("kind", "load", "docker-image", "--name", self.name, *wanted, seconds=600)
        except ToolError as error:
            # Docker's containerd store names every platform of an image and holds one, which kind refuses.
            with TemporaryDirectory() as folder:
                archive = Path(folder) / "images.tar"
                try:
                    images.save(archive, *wanted)
                    run("kind", "load", "image-archive", "--name", self.name, str(archive), seconds=600)
                except ToolError:  # as of an older Docker, which saves no single platform
                    raise error from None

    def load_third_party(self) -> list[str]:
        """Bring the other images too, as far as Docker has them; what the cluster must pull is returned."""
        rendered = [*kustomization.rendered("platform"), *kustomization.rendered("overlays/staging")]
        wanted = kustomization.third_party(rendered) | {ROLLOUTS_IMAGE}
        there = images.here(wanted)
        try:
            self.load(*there)
        except ToolError:
            there = []
        return sorted(wanted - set(there))

    def retag(self, old: str, new: str) -> None:
        """Make a new release of what runs under the old tag: the same images once more, under a new tag."""
        nodes = self.nodes
        for name in our_images().values():
            for node in nodes:
                names = (f"{name}:{old}", f"{name}:{new}")
                run("docker", "exec", node, "ctr", "--namespace=k8s.io", "images", "tag", "--force", *names)

    def install_rollouts(self) -> None:
        """Install Argo Rollouts; again changes nothing."""
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ROLLOUTS_NAMESPACE}}
        self.kubectl.apply(json.dumps(namespace))
        where = [f"--namespace={ROLLOUTS_NAMESPACE}", f"--filename={self.rollouts_manifest}"]
        self.kubectl("apply", "--server-side", "--force-conflicts", *where, seconds=180)
        kinds = "rollouts.argoproj.io,analysistemplates.argoproj.io,analysisruns.argoproj.io"
        # The API server takes a moment to serve new kinds.
        what, served = "the cluster knows Rollouts", lambda: self.kubectl.objects(kinds, ROLLOUTS_NAMESPACE)
        until(served, what=what, seconds=60)

    def platform(self, tag: str) -> None:
        """Apply what every environment needs, with our apm under this tag."""
        folder = self.folder("platform")
        content = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [kustomization.relative(K8S / "platform", folder)],
            "images": [{"name": our_images()["apm"], "newTag": tag}],
        }
        self.kubectl("apply", "--kustomize", str(kustomization.write(content, folder)), seconds=120)

    def unready(self, *namespaces: str) -> list[str]:
        """What is not ready, or not there, in the platform and these namespaces."""
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
        """Where the generated kustomization of one part stands; git ignores it."""
        return ROOT / ".local" / self.name / part
