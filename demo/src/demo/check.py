"""`make stage-check`: whether the demo would work now, one line per check, each with the way to fix it."""

import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from delivery.adapters.process import run
from delivery.domain.services import ROOT
from delivery.domain.settings import Settings
from demo import kustomization, rehearsal, up
from demo.cluster import Cluster
from demo.environment import Environment
from demo.findings import Finding, Problem, enough, finding
from demo.local_pages import Page

SECONDS = 8  # for each question to a program
DISK_GIB, MEMORY_GIB = 2, 1  # that a release needs at least: its image, its pods
CLOCK_S = 2  # Prometheus and the analysis compare times within seconds
RESET = "make stage-reset"
Check = tuple[str, Callable[[], str], str]  # its name, what it finds, the fix where it cannot run


def findings(name: str, env_name: str) -> Iterator[Finding]:
    """Check Docker and the cluster first, then everything that needs them at once; at most 20 seconds."""
    first: list[Check] = [
        ("Docker", docker, "start Docker"),
        ("cluster", partial(cluster, name), "make cluster-down cluster"),
    ]
    for check in first:
        found = finding(*check)
        yield found
        if not found.ok:
            return
    checks = Checks(Environment(Cluster.existing(name), env_name))
    with ThreadPoolExecutor(max_workers=4) as pool:
        yield from pool.map(lambda check: finding(*check), checks.all())


def docker() -> str:
    """The version of the engine."""
    up.require_tools()
    return run("docker", "info", "--format", "{{.ServerVersion}}", seconds=SECONDS).strip()


def cluster(name: str) -> str:
    """The cluster's name, if it exists, runs and answers."""
    if not Cluster(name).exists:
        raise Problem(f"there is no cluster {name}", "make cluster")
    for node in Cluster(name).nodes:
        running = run("docker", "inspect", "--format", "{{.State.Running}}", node, seconds=SECONDS)
        if running.strip() != "true":
            raise Problem(f"its node {node} is stopped", RESET)
    Cluster.existing(name)
    return name


class Checks:
    """The checks of one environment on a cluster that answers."""

    def __init__(self, env: Environment) -> None:
        self.env, self.node = env, env.cluster.nodes[0]
        self.settings = Settings.from_file(ROOT)

    def all(self) -> list[Check]:
        """Every check."""
        return [
            ("workloads", self.workloads, RESET),
            ("rollout", self.rollout, RESET),
            ("images", self.images, "make cluster"),
            ("pages", self.pages, RESET),
            ("names", self.names, ""),
            ("certificate", self.certificate, RESET),
            ("disk", self.disk, "docker system prune"),
            ("memory", self.memory, "close other programs, or give Docker more memory"),
            ("clock", self.clock, "restart Docker: its clock stopped while the machine slept"),
            ("Prometheus", self.prometheus, RESET),
            ("error rate", self.error_rate, RESET),
            ("error switch", self.switch, RESET),
            ("rehearsal", partial(rehearsal.last, self.env.cluster.name), "make demo-rollback"),
        ]

    def workloads(self) -> str:
        """Every Deployment and StatefulSet is ready."""
        if left := self.env.cluster.unready(self.env.namespace):
            raise Problem(f"not ready: {', '.join(left)}", RESET)
        return f"all ready: Argo Rollouts, the platform and {self.env.name}"

    def rollout(self) -> str:
        """The environment is Healthy, so that a new release can start."""
        state = self.env.look()
        if not state.healthy:
            raise Problem(f"{self.env.name} is {state.shown or 'new'} with {state.tag}", RESET)
        return f"{self.env.name} is Healthy on {state.tag}"

    def images(self) -> str:
        """The nodes have the images of the next release, which are those that run."""
        tag = self.env.tag
        if lacking := self.env.cluster.lacking(tag):
            raise Problem(f"the node has no {', '.join(lacking)}:{tag}", "make cluster")
        return f"on the node as {tag}"

    def pages(self) -> str:
        """The front door answers with the stable release."""
        url = self.env.urls()["vote"]
        if not Page(url).release():
            raise Problem(
                f"{url} does not answer", f"stop what uses port {self.env.cluster.port}, or {RESET}"
            )
        return url

    def names(self) -> str:
        """Whether the system resolves the pages' names; browsers and the demo do not need it to."""
        host = urlsplit(self.env.urls()["vote"]).hostname or ""
        try:
            socket.getaddrinfo(host, None)
        except OSError:
            return f"browsers know {host}; other programs here do not, as curl without --resolve"
        return f"every program here knows {host}"

    def certificate(self) -> str:
        """The certificate of the pages is valid now; Traefik signs it itself, so that only dates can fail."""
        where = ("127.0.0.1", self.env.cluster.port)
        pem = ssl.get_server_certificate(where, timeout=SECONDS)
        context = ssl.create_default_context(cadata=pem)
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        with socket.create_connection(where, SECONDS) as raw, context.wrap_socket(raw) as secured:
            certificate = secured.getpeercert() or {}
        return f"valid until {certificate['notAfter']}"

    def disk(self) -> str:
        """The node has room for the images of a release."""
        *_, line = self.on_node("df", "-kP", "/var").splitlines()
        return enough("free", int(line.split()[3]), DISK_GIB, "docker system prune")

    def memory(self) -> str:
        """The node has memory for the pods of a release."""
        found = dict(line.split(":", 1) for line in self.on_node("cat", "/proc/meminfo").splitlines())
        fix = "close other programs, or give Docker more memory"
        return enough("available", int(found["MemAvailable"].split()[0]), MEMORY_GIB, fix)

    def clock(self) -> str:
        """The node's clock agrees with this machine's."""
        before = time.time()
        there = float(self.on_node("date", "+%s.%N"))
        off = max(before - there, there - time.time(), 0.0)
        if off > CLOCK_S:
            raise Problem(f"the node's clock is off by {off:.0f} s", "restart Docker")
        return "the node's clock is right"

    def prometheus(self) -> str:
        """Prometheus scrapes every pod of vote."""
        query = f'sum(up{{namespace="{self.env.namespace}",app="vote"}})'
        answer = self.proxied("prometheus", f"api/v1/query?query={quote(query)}")["data"]["result"]
        up_, wanted = int(float(answer[0]["value"][1])) if answer else 0, len(self.pods())
        if up_ < wanted:
            raise Problem(f"it scrapes {up_} of {wanted} pods of vote", "wait 10 s; if it stays so, " + RESET)
        return f"it scrapes {up_} of {wanted} pods of vote"

    def error_rate(self) -> str:
        """Apm can judge the stable release, and its error rate is below the threshold."""
        asked = f"app={self.settings.name}-vote&env={self.env.name}&metric=errorRate&window=1m"
        said = self.proxied("apm", f"v1/metrics?{asked}&release={self.env.look().stable}")
        rate, requests = said["errorRate"], said["requests"]
        limits = kustomization.error_rate(self.env.name)
        if requests < int(limits["min-requests"]):
            raise Problem(f"{requests} requests in a minute, too few to judge", RESET)
        if rate >= float(limits["error-threshold"]):
            raise Problem(f"{rate} % of {requests} requests failed in the last minute", f"wait, or {RESET}")
        return f"{rate} % of {requests} requests failed in the last minute"

    def switch(self) -> str:
        """The error switch of the stable release is OFF."""
        if Page(self.env.urls()["vote"]).errors_on():
            raise Problem("it is ON for the stable release: all votes fail", RESET)
        return "OFF"

    def on_node(self, *command: str) -> str:
        """What a command prints on the node."""
        return run("docker", "exec", self.node, *command, seconds=SECONDS)

    def pods(self) -> list[dict[str, object]]:
        """The pods of vote that run and stay."""
        select = ("--selector=app.kubernetes.io/name=vote", "--field-selector=status.phase=Running")
        found = self.env.cluster.kubectl.objects("pods", self.env.namespace, *select)
        return [each for each in found if "deletionTimestamp" not in each["metadata"]]

    def proxied(self, service: str, path: str) -> dict[str, Any]:
        """What a service of the platform answers, through the API server."""
        where = f"/api/v1/namespaces/{self.env.cluster.platform_namespace}/services/{service}:http/proxy"
        said: dict[str, Any] = json.loads(
            self.env.cluster.kubectl("get", "--raw", f"{where}/{path}", seconds=SECONDS)
        )
        return said
