"""`make stage-check`: whether the demo would work now, one line per check, each with the way to fix it."""

import json
import socket
import ssl
import time
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

from delivery.domain.services import ROOT
from delivery.domain.settings import Settings
from demo import access, kustomization, rehearsal, view
from demo.cluster import Cluster
from demo.environment import Environment
from demo.findings import RESET, SECONDS, Check, Finding, Problem, asked
from demo.local_pages import Page
from demo.machine import Machine

LIMIT_S = 17.0  # for all checks: make and Python need up to three seconds before them


def findings(
    name: str, env_name: str, seconds: float = LIMIT_S, view_port: int = view.PORT
) -> Iterator[Finding]:
    """Check programs, Docker and the cluster in turn, then all else at once; at most so many seconds."""
    end, checks = time.monotonic() + seconds, Checks(name, env_name, view_port)
    for check in checks.machine.first():
        (found,) = asked([check], end)
        yield found
        if not found.ok:
            return
    yield from asked(checks.all(), end)


class Checks:
    """The checks of one environment on a cluster."""

    def __init__(self, name: str, env_name: str, view_port: int = view.PORT) -> None:
        self.settings = Settings.from_file(ROOT)
        self.settings.environment(env_name)
        self.name, self._env_name = name, env_name
        self.machine = Machine(name, view_port)

    @cached_property
    def env(self) -> Environment:
        """The environment, on a cluster that was found to answer."""
        return Environment(Cluster(self.name, Cluster.bound_port(self.name)), self._env_name)

    def all(self) -> list[Check]:
        """Every check."""
        return [
            ("workloads", self.workloads, RESET),
            ("rollout", self.rollout, RESET),
            ("images", self.images, RESET),
            ("pages", self.pages, RESET),
            ("names", self.names, ""),
            ("certificate", self.certificate, RESET),
            *self.machine.all(),
            ("Prometheus", self.prometheus, RESET),
            ("error rate", self.error_rate, RESET),
            ("error switch", self.switch, RESET),
            ("release view", self.release_view, RESET),
            ("rehearsal", lambda: rehearsal.last(self.name), "make demo-rollback"),
        ]

    def workloads(self) -> str:
        """Every Deployment and StatefulSet is ready."""
        if left := self.env.cluster.unready(self.env.namespace):
            raise Problem(f"not ready: {', '.join(left)}")
        return f"all ready: Argo Rollouts, the platform and {self.env.name}"

    def rollout(self) -> str:
        """The environment is Healthy, so that a new release can start."""
        state = self.env.look()
        if not state.healthy:
            raise Problem(f"{self.env.name} is {state.shown or 'new'} with {state.tag}")
        return f"{self.env.name} is Healthy on {state.tag}"

    def images(self) -> str:
        """The nodes have the images of the next release, which are those that run."""
        tag = self.env.tag
        if lacking := self.env.cluster.lacking(tag):
            raise Problem(f"the node has no {', '.join(lacking)}:{tag}")
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
            raise Problem(f"{requests} requests in a minute, too few to judge")
        if rate >= float(limits["error-threshold"]):
            raise Problem(f"{rate} % of {requests} requests failed in the last minute", f"wait, or {RESET}")
        return f"{rate} % of {requests} requests failed in the last minute"

    def switch(self) -> str:
        """The error switch of the stable release is OFF."""
        if Page(self.env.urls()["vote"]).errors_on():
            raise Problem("it is ON for the stable release: all votes fail")
        return "OFF"

    def release_view(self) -> str:
        """The cluster has the account through which `make stage` reads it; older clusters lack it."""
        kubectl = self.env.cluster.kubectl
        if not access.granted(kubectl, self.env.cluster.platform_namespace, self.env.namespace):
            raise Problem("the cluster has no account for make stage", access.add(kubectl.context))
        return "its account may read the cluster"

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
