"""The edge to the cluster: kubectl with a context of its own."""

import json
import os
from dataclasses import dataclass

from delivery.adapters.process import missing, run
from delivery.domain.errors import ConfigurationError
from delivery.domain.objects import Object


@dataclass(frozen=True)
class Kubectl:
    """kubectl on one cluster, whatever the current context is."""

    context: str

    def __call__(self, *arguments: str, seconds: float = 30, stdin: str | None = None) -> str:
        """Run kubectl and return its standard output."""
        return run("kubectl", *arguments, f"--context={self.context}", seconds=seconds, stdin=stdin)

    def objects(self, kinds: str, namespace: str, *arguments: str) -> list[Object]:
        """Every object of these kinds in the namespace; an empty one means everywhere."""
        where = [f"--namespace={namespace}"] if namespace else ["--all-namespaces"]
        items: list[Object] = json.loads(self("get", kinds, *where, *arguments, "--output=json"))["items"]
        return items

    def apply(self, manifests: str, *arguments: str) -> None:
        """Apply manifests, which may be large."""
        self("apply", "--filename=-", *arguments, stdin=manifests, seconds=120)

    def exec(self, *arguments: str) -> None:
        """Become kubectl, for what runs until the user stops it."""
        try:
            os.execvp("kubectl", ["kubectl", *arguments, f"--context={self.context}"])  # noqa: S606, S607
        except FileNotFoundError as error:
            raise ConfigurationError(missing("kubectl")) from error
