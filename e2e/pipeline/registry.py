"""A registry:2 on localhost that the nodes of a kind cluster reach under the same name."""

from dataclasses import dataclass
from typing import Self

import httpx

from delivery.adapters.process import run
from demo.cluster import Cluster
from e2e.sites import wait_until

HOSTS = "/etc/containerd/certs.d"
# Makes containerd read hosts.toml; the nodes of kind 0.27 and newer do so by default.
LOOK = f"""grep -q config_path /etc/containerd/config.toml || {{
  echo '[plugins."io.containerd.grpc.v1.cri".registry]'
  echo '  config_path = "{HOSTS}"'
}} >>/etc/containerd/config.toml
systemctl restart containerd"""


@dataclass(frozen=True)
class Registry:
    """A registry container on a port of 127.0.0.1."""

    name: str
    port: int

    @property
    def host(self) -> str:
        """The host part of image names."""
        return f"localhost:{self.port}"

    def __enter__(self) -> Self:
        run(
            "docker",
            "run",
            "--detach",
            "--name",
            self.name,
            f"--publish=127.0.0.1:{self.port}:5000",
            "registry:2",
        )
        self.wait()
        return self

    def __exit__(self, *_: object) -> None:
        run("docker", "rm", "--force", "--volumes", self.name)

    def wait(self) -> None:
        """Return once it answers."""
        wait_until(
            lambda: httpx.get(f"http://127.0.0.1:{self.port}/v2/").is_success, what="the registry answers"
        )

    def stop(self) -> None:
        """Stop it, to simulate an outage."""
        run("docker", "stop", "--time=2", self.name)

    def start(self) -> None:
        """Start it again, with its data."""
        run("docker", "start", self.name)
        self.wait()

    def join(self, cluster: Cluster) -> None:
        """Let the cluster's nodes pull from it."""
        run("docker", "network", "connect", "kind", self.name)
        for node in cluster.nodes:
            inside = ("docker", "exec", "--interactive", node)
            run(*inside, "sh", "-c", LOOK)
            run(*inside, "mkdir", "-p", f"{HOSTS}/{self.host}")
            hosts = f'[host."http://{self.name}:5000"]\n'
            run(*inside, "cp", "/dev/stdin", f"{HOSTS}/{self.host}/hosts.toml", stdin=hosts)
