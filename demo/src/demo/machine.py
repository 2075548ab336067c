"""The checks of this machine: its programs, Docker, the cluster, and the cluster's node."""

import os
import socket
import time

import httpx

from delivery.adapters.process import run
from demo import up, view
from demo.cluster import Cluster
from demo.findings import RESET, SECONDS, Check, Problem, enough

DISK_GIB, MEMORY_GIB = 2, 1  # that a release needs at least: its image, its pods
VIEW = "port of the view"
CLOCK_S = 2  # Prometheus and the analysis compare times within seconds


class Machine:
    """The checks of the machine that runs the cluster of this name."""

    def __init__(self, name: str, view_port: int = view.PORT) -> None:
        self.name, self.view_port = name, view_port

    def first(self) -> list[Check]:
        """What every other check needs, in this order."""
        return [
            ("programs", self.programs, ""),
            ("Docker", self.docker, "start Docker"),
            ("cluster", self.cluster, "make cluster-down cluster"),
        ]

    def all(self) -> list[Check]:
        """The checks of the node, and of the port of `make stage`."""
        return [
            (VIEW, self.port, f"make stage STAGE_PORT={self.view_port + 1}, and open that port"),
            ("disk", self.disk, "docker builder prune"),
            ("memory", self.memory, "close other programs, or give Docker more memory"),
            ("clock", self.clock, "restart Docker: its clock stopped while the machine slept"),
        ]

    def programs(self) -> str:
        """Every program that the demo runs is installed."""
        up.require_programs()
        return "installed"

    def docker(self) -> str:
        """The version of the engine."""
        return run("docker", "info", "--format", "{{.ServerVersion}}", seconds=SECONDS).strip()

    def cluster(self) -> str:
        """The cluster's name, if it exists, runs and answers."""
        cluster = Cluster(self.name)
        if not cluster.exists:
            raise Problem(f"there is no cluster {self.name}", "make cluster")
        for node in cluster.nodes:
            if (now := status(node)) != "running":
                raise Problem(f"its node {node} is {now}", RESET)
        cluster.bound_port(self.name)  # somebody else's cluster has none of what is checked below
        cluster.require_answer()
        return self.name

    def disk(self) -> str:
        """The node has room for the images of a release."""
        *_, line = self.on_node("df", "-kP", "/var").splitlines()
        return enough("free", int(line.split()[3]), DISK_GIB)

    def memory(self) -> str:
        """The node has memory for the pods of a release."""
        found = dict(line.split(":", 1) for line in self.on_node("cat", "/proc/meminfo").splitlines())
        return enough("available", int(found["MemAvailable"].split()[0]), MEMORY_GIB)

    def clock(self) -> str:
        """The node's clock agrees with this machine's."""
        before = time.time()
        there = float(self.on_node("date", "+%s.%N"))
        off = max(before - there, there - time.time(), 0.0)
        if off > CLOCK_S:
            raise Problem(f"the node's clock is off by {off:.0f} s")
        return "the node's clock is right"

    def port(self) -> str:
        """The port of `make stage` is free, or a release view answers there already."""
        try:
            socket.create_server(("127.0.0.1", self.view_port)).close()
        except OSError as error:
            if answers(self.view_port):
                return f"a release view answers on {self.view_port}"
            raise Problem(f"{self.view_port} cannot be used: {os.strerror(error.errno or 0)}") from error
        return f"{self.view_port} is free"

    def on_node(self, *command: str) -> str:
        """What a command prints on the node."""
        return run("docker", "exec", Cluster(self.name).nodes[0], *command, seconds=SECONDS)


def status(node: str) -> str:
    """What Docker says of a node: running, paused, exited, ..."""
    return run("docker", "inspect", "--format", "{{.State.Status}}", node, seconds=SECONDS).strip()


def answers(port: int) -> bool:
    """Whether one of our services answers on this port of this machine."""
    try:
        said = httpx.get(f"http://127.0.0.1:{port}/health", timeout=2, trust_env=False)
        return bool(said.json() == {"status": "ok"})
    except (httpx.HTTPError, ValueError):
        return False
