"""The testbed of the pipeline's stories: a cluster, a registry, a fork, and v16 in all environments."""

import fcntl
import re
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx

from delivery.adapters.pages import Loopback
from delivery.adapters.process import run
from delivery.domain.errors import ConfigurationError, DeliveryError
from demo import images, up, volumes
from demo.cluster import Cluster
from demo.environment import Environment
from e2e.pipeline.fork import Clone, Fork, Person
from e2e.pipeline.names import ENVIRONMENTS, SETTINGS
from e2e.pipeline.registry import Registry
from local.servers import free_port

PARTS = (*ENVIRONMENTS, "another fork")  # what a story can lock
OWNER = Person("Ada Lovelace", "ada@example.org")


@dataclass(frozen=True)
class Testbed:
    """Everything that a story needs."""

    cluster: Cluster
    registry: Registry
    fork: Fork
    owner: Clone

    def named(self) -> dict[str, str]:
        """The names with which another process finds the testbed."""
        registry = {"registry": self.registry.name, "registry_port": str(self.registry.port)}
        return registry | {"cluster": self.cluster.name, "fork": str(self.fork.folder)}

    @classmethod
    def of(cls, named: dict[str, str]) -> Self:
        """The same testbed in another process, with its own clone."""
        fork = Fork(Path(named["fork"]))
        registry = Registry(named["registry"], int(named["registry_port"]))
        return cls(Cluster.existing(named["cluster"]), registry, fork, fork.clone(OWNER))

    @contextmanager
    def alone(self, *parts: str) -> Iterator[None]:
        """Lock these parts, or all, until the block ends; always in the same order, to avoid deadlocks."""
        with ExitStack() as held:
            for part in sorted(parts or PARTS, key=PARTS.index):
                lock = held.enter_context((self.fork.folder / f"{part}.lock").open("w"))
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def env(self, name: str) -> Environment:
        """An environment, to read its state and flip its switches; only workflows deploy."""
        return Environment(self.cluster, name)

    def page(self, url: str) -> str:
        """The HTML of a page."""
        with httpx.Client(transport=Loopback(verify=False), timeout=10) as client:
            return client.get(url).raise_for_status().text

    def tag(self, env: str) -> str:
        """The image tag of the stable release."""
        return self.env(env).tag

    def deliver(self, *arguments: str) -> str:
        """Run delivery in the owner's clone, to prepare a story; returns its output."""
        done = self.owner.delivery(*arguments, seconds=600)
        if done.returncode:
            raise DeliveryError(f"delivery {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def seed(self) -> None:
        """Deploy v16 to every environment; the first release of an environment skips all steps."""
        self.owner.show_version(16)
        tag = self.build()
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda env: self._first(env, tag), ENVIRONMENTS))

    def build(self) -> str:
        """Build and push images from the owner's clone; returns the tag."""
        built = re.search(r"[0-9a-f]{7}-\d{14}", self.deliver("build"))
        if built is None:
            raise DeliveryError("delivery build did not print the tag")
        return built[0]

    def _first(self, env: str, tag: str) -> None:
        self.deliver("deploy", env, "--image-tag", tag)
        volumes.open_volumes(self.cluster.kubectl, self.env(env).namespace, self.cluster.nodes)
        self.deliver("wait", env, "--for", "healthy")


@contextmanager
def made(folder: Path) -> Iterator[Testbed]:
    """Create the testbed, and delete all of it afterwards."""
    up.require_tools()
    if shutil.which("act") is None:
        raise ConfigurationError("act is not on the PATH; install it: https://nektosact.com/installation")
    name = f"pipeline-{secrets.token_hex(3)}"  # the renamed fork must not find the app's name
    cluster, port = Cluster(name, free_port(), brief=True), free_port()
    try:
        with Registry(f"{name}-registry", port) as registry:
            cluster.create()
            registry.join(cluster)
            cluster.load_third_party()
            cluster.install_rollouts()
            tag = images.new_tag()
            cluster.build(tag, "apm")
            cluster.platform(tag)
            fork = Fork(folder / "fork")
            fork.folder.mkdir()
            testbed = Testbed(cluster, registry, fork, fork.create(OWNER))
            settle(testbed)
            cluster.wait_ready()
            testbed.seed()
            yield testbed
    finally:
        cluster.delete()
        forget_images(f"localhost:{port}/")
        shutil.rmtree(cluster.folder("platform").parent, ignore_errors=True)


def settle(testbed: Testbed) -> None:
    """Configure where this fork deploys, with short pauses."""
    testbed.deliver(
        "init",
        *("--cluster", testbed.cluster.name),
        *("--registry", f"{testbed.registry.host}/{SETTINGS.name}"),
        *("--base-domain", f"localhost:{testbed.cluster.port}"),
    )
    hasten(testbed.owner.folder)
    testbed.owner.commit("chore: where this fork deploys")


def hasten(checkout: Path) -> None:
    """Add components/fast, with pauses of seconds, after the last component of each overlay."""
    for path in checkout.glob("k8s/overlays/*/kustomization.yaml"):
        text = path.read_text()
        path.write_text(
            re.sub(r"((?:  - \.\./\.\./components/.*\n)+)", r"\1  - ../../components/fast\n", text, count=1)
        )


def forget_images(prefix: str) -> None:
    """Delete the images of this registry from the local engine."""
    listed = run("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    ours = [each for each in listed if each.startswith(prefix)]
    if ours:
        run("docker", "image", "rm", "--force", *ours)
