"""The cluster adapter: kubectl, its Argo Rollouts plugin, and the objects of an environment."""

import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from delivery.adapters.process import Runner, ToolError, missing, run
from delivery.domain import contexts
from delivery.domain.errors import ConfigurationError, DeliveryError
from delivery.domain.objects import Object
from delivery.domain.settings import Settings

EXISTS = "(AlreadyExists)"
KINDS = "rollouts.argoproj.io,deployments.apps,statefulsets.apps,replicasets.apps,analysisruns.argoproj.io"


@dataclass(frozen=True)
class Kubectl:
    """Runs kubectl with one context, whatever the current context is."""

    context: str

    def command(self, *arguments: str, namespace: str = "") -> list[str]:
        """The kubectl command for these arguments, optionally in a namespace."""
        where = [f"--namespace={namespace}"] if namespace else []
        where.append(f"--context={self.context}")
        # The name of a plugin must come before all options; arguments after -- are not for kubectl.
        end = arguments.index("--") if "--" in arguments else len(arguments)
        return ["kubectl", *arguments[:end], *where, *arguments[end:]]

    def __call__(
        self, *arguments: str, seconds: float = 30, stdin: str | None = None, namespace: str = ""
    ) -> str:
        """Run kubectl; returns its standard output."""
        return run(*self.command(*arguments, namespace=namespace), seconds=seconds, stdin=stdin)

    def objects(self, kinds: str, namespace: str, *arguments: str) -> list[Object]:
        """Every object of these kinds in the namespace; empty means all namespaces."""
        everywhere = [] if namespace else ["--all-namespaces"]
        said = self("get", kinds, *everywhere, *arguments, "--output=json", namespace=namespace)
        try:
            items: list[Object] = json.loads(said)["items"]
        except (ValueError, KeyError) as error:
            raise ToolError(f"kubectl get {kinds}: its answer is not readable: {error}") from error
        return items

    def apply(self, manifests: str) -> None:
        """Apply manifests, which may be large."""
        self("apply", "--filename=-", stdin=manifests, seconds=120)

    def exec(self, *arguments: str) -> None:
        """Replace this process by kubectl, for commands that run until the user stops them."""
        try:
            os.execvp("kubectl", self.command(*arguments))  # noqa: S606
        except FileNotFoundError as error:
            raise ConfigurationError(missing("kubectl")) from error


@dataclass(frozen=True)
class Cluster:
    """One environment on the cluster of delivery.toml."""

    settings: Settings
    env: str

    @property
    def namespace(self) -> str:
        """The environment's namespace."""
        return self.settings.namespace(self.env)

    @cached_property
    def context(self) -> str:
        """The context of the cluster; the current context may be for another one."""
        if self.settings.connect == "kind":
            return f"kind-{self.settings.cluster}"
        said = run("kubectl", "config", "view", "--output=json")
        try:
            return contexts.context(self.settings, json.loads(said))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError(f"kubectl config view: its answer is not readable: {error}") from error

    @cached_property
    def kubectl(self) -> Kubectl:
        """Runs kubectl on the cluster, without a namespace."""
        return Kubectl(self.context)

    def command(self, *arguments: str) -> list[str]:
        """The kubectl command for these arguments, in the environment's namespace."""
        return self.kubectl.command(*arguments, namespace=self.namespace)

    def __call__(self, *arguments: str, seconds: float = 30, namespace: str = "") -> str:
        """Run kubectl in the environment's namespace, or another; returns its standard output."""
        return self.kubectl(*arguments, seconds=seconds, namespace=namespace or self.namespace)

    def require(self) -> None:
        """Return if the cluster answers and has the namespace; otherwise say what to do."""
        name = self.settings.cluster
        try:
            self("get", "namespace", self.namespace, "--output=name", "--request-timeout=15s", seconds=20)
        except ToolError as error:
            if "not found" in error.output:
                raise ConfigurationError(
                    f"the cluster {name} has no namespace {self.namespace}; "
                    "make it once: kubectl apply -k k8s/platform"
                ) from error
            raise ConfigurationError(f"the cluster {name} does not answer; {error}") from error
        except ConfigurationError:
            raise
        except DeliveryError as error:
            raise ConfigurationError(f"the cluster {name} does not answer; {error}") from error

    def objects(self, kinds: str = KINDS) -> list[Object]:
        """Every object of these kinds in the environment."""
        return self.kubectl.objects(kinds, self.namespace)

    def platforms(self) -> set[str]:
        """The platforms of schedulable nodes, such as linux/amd64; empty if the user may not list nodes."""
        try:
            nodes = json.loads(self("get", "nodes", "--output=json"))["items"]
        except (DeliveryError, ValueError, KeyError):
            return set()
        taken = [
            each["status"]["nodeInfo"]
            for each in nodes
            if not each["spec"].get("unschedulable")
            and not any(taint["effect"] != "PreferNoSchedule" for taint in each["spec"].get("taints", []))
        ]
        return {f"{info['operatingSystem']}/{info['architecture']}" for info in taken}

    def log(self, job: str) -> str | None:
        """The last log line of a Job; empty if it was deleted or wrote nothing, None if unreachable."""
        try:
            return self("logs", f"job/{job}", "--tail=1").strip()
        except ToolError as error:
            return "" if "not found" in error.output.lower() else None
        except DeliveryError:
            return None

    def apply(self, folder: Path, runner: Runner) -> None:
        """Apply the overlay from a copy of main; a dry run shows the command for a checkout."""
        where = folder.relative_to(folder.parents[2]) if runner.dry_run else folder
        command = self.command("apply", f"--kustomize={where}")
        try:
            runner.change(*command, seconds=180)
        except ToolError as error:
            if EXISTS not in error.output:
                raise
            runner.change(*command, seconds=180)  # a concurrent first deployment has created the same objects

    def plugin(self, verb: str, *options: str, runner: Runner) -> None:
        """Run a verb of the plugin, such as promote or abort, on vote's rollout."""
        runner.change(*self.command("argo", "rollouts", verb, "vote", *options))

    def make_password(self, runner: Runner) -> None:
        """Create a random database password for the environment if it has none."""
        name = f"{self.settings.name}-database"
        if self("get", "secret", name, "--ignore-not-found", "--output=name"):
            return
        runner.say(f"kubectl create secret generic {name} --namespace={self.namespace} (a random password)")
        if not runner.dry_run:
            password = secrets.token_hex(16)  # letters and digits, because it becomes part of a URL
            secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}}
            content = json.dumps(secret | {"stringData": {"password": password}})
            try:
                self.kubectl("create", "--filename=-", stdin=content, namespace=self.namespace, seconds=60)
            except ToolError as error:  # a concurrent deployment has created it
                if EXISTS not in error.output:
                    raise

    def error_rate(self, release: str) -> float | None:
        """The release's recent error rate in percent; None if apm does not answer."""
        app = f"app={self.settings.name}-vote&env={self.env}&metric=errorRate&window=5m&release={release}"
        ask = (
            "import sys, urllib.request as r; "
            "direct = r.build_opener(r.ProxyHandler({})).open; "
            "print(direct('http://127.0.0.1:8080/v1/metrics?' + sys.argv[1], timeout=5).read().decode())"
        )
        where = self.settings.namespace("platform")
        try:
            said = self("exec", "deployment/apm", "--", "python", "-c", ask, app, namespace=where)
            rate: float | None = json.loads(said)["errorRate"]
        except (DeliveryError, ValueError, KeyError):
            return None
        return rate
