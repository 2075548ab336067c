"""The error switch of the canary or preview, at that release's own address."""

import threading

import httpx

from stage.cluster import Cluster
from stage.front_door import RELEASE, client
from stage.sources import Publish, SourceError

PATH = "/api/error-sim"
PATIENCE_S = 3.0


class Switch:
    """Reads and toggles the switch, and never that of the stable release."""

    def __init__(self, url: str, front_door: str, cluster: Cluster, publish: Publish) -> None:
        """`url` is the canary's or preview's address, where stable may answer if there is neither."""
        self._url, self._cluster, self._publish = url, cluster, publish
        self._flipping = threading.Lock()
        self._client = client(url, front_door, patience_s=PATIENCE_S)

    def ask(self) -> None:
        """Publish whether it is ON; no release and OFF while there is no canary or preview.

        Raises one of FAILURES if that is not known.
        """
        if self._cluster.state is None:
            raise SourceError("no release is known")
        if release := self._cluster.second:
            self._call("GET", release)
        else:
            self._publish("switch", release="", enabled=False)

    def flip(self) -> bool:
        """Toggle it; returns whether it is ON now. Raises one of FAILURES if it was not toggled."""
        if not (release := self._cluster.second):
            raise SourceError("there is no canary or preview whose errors could be turned ON")
        if not self._flipping.acquire(blocking=False):
            raise SourceError("it is already being flipped")
        try:
            self._call("GET", release)  # an old vote, which may be stable here, toggles whoever is named
            return self._call("POST", release)
        finally:
            self._flipping.release()

    def _call(self, method: str, release: str) -> bool:
        answer = self._client.request(method, PATH, headers={RELEASE: release})  # another release refuses it
        found = answer.headers.get(RELEASE, "")
        if found != release:
            raise SourceError(f"{found or 'no release'} answers at {self._url}, not {release}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise SourceError(f"release {release} has no error switch")
        enabled = answer.raise_for_status().json()["enabled"]
        if not isinstance(enabled, bool):
            raise SourceError("its answer is neither ON nor OFF")
        self._publish("switch", release=release, enabled=enabled)
        return enabled
