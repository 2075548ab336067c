"""Keeps the objects of one kind up to date by the Kubernetes API's watch."""

import json
import threading
from collections.abc import Callable

import httpx

from stage.objects import Object
from stage.sources import SourceError

PATHS = {
    "Rollout": "apis/argoproj.io/v1alpha1/namespaces/{}/rollouts",
    "ReplicaSet": "apis/apps/v1/namespaces/{}/replicasets",
    "AnalysisRun": "apis/argoproj.io/v1alpha1/namespaces/{}/analysisruns",
}
# The API server ends each watch after this time, and the next one continues where it ended. So a connection
# that is silent for longer is dead.
WATCH_S = 1
SILENCE_S = 2.5


class Watch:
    """The objects of one kind in a namespace; `changed` is called after every change."""

    def __init__(self, kind: str, namespace: str, changed: Callable[[], None]) -> None:
        self.kind, self.path, self._changed = kind, PATHS[kind].format(namespace), changed
        self.listed = False
        self._objects: dict[str, Object] = {}

    @property
    def objects(self) -> list[Object]:
        """The objects, as the API server said last."""
        return list(self._objects.values())

    def follow(self, client: httpx.Client, heard: Callable[[], None], stop: threading.Event) -> None:
        """List the objects, then apply changes until `stop`; returns earlier if they must be listed again.

        `heard` is called after each sign of life. Raises one of FAILURES if the server does not answer.
        """
        version = self._list(client)
        heard()
        while version and not stop.is_set():
            version = self._watch(client, version, heard, stop)
            heard()
            stop.wait(0.05)  # a server that ends every watch at once must not keep a core busy

    def _list(self, client: httpx.Client) -> str:
        answer = client.get(self.path).raise_for_status().json()
        self._objects = {each["metadata"]["name"]: each | {"kind": self.kind} for each in answer["items"]}
        self.listed = True
        self._changed()
        return str(answer["metadata"]["resourceVersion"])

    def _watch(
        self, client: httpx.Client, version: str, heard: Callable[[], None], stop: threading.Event
    ) -> str:
        """The version at which the watch ended; empty if the server has no history from `version` on."""
        where = {"watch": "1", "resourceVersion": version, "allowWatchBookmarks": "true"}
        limit = {"timeoutSeconds": str(WATCH_S)}
        with client.stream("GET", self.path, params=where | limit, timeout=SILENCE_S) as answer:
            if answer.status_code == httpx.codes.GONE:
                return ""
            answer.raise_for_status()
            for line in answer.iter_lines():
                change = json.loads(line)
                if change["type"] == "ERROR":
                    return _gone(change["object"])
                version = change["object"]["metadata"]["resourceVersion"]
                if change["type"] != "BOOKMARK":
                    self._apply(change["type"], change["object"])
                heard()
                if stop.is_set():
                    break
        return version

    def _apply(self, how: str, thing: Object) -> None:
        name = thing["metadata"]["name"]
        if how == "DELETED":
            self._objects.pop(name, None)
        else:
            self._objects[name] = thing | {"kind": self.kind}
        self._changed()


def _gone(status: Object) -> str:
    if status.get("code") == httpx.codes.GONE:
        return ""
    raise SourceError(f"the API server ended the watch: {status.get('message', status)}")
