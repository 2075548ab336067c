"""A real HTTP server that speaks the part of the Kubernetes API that the stage uses."""

import json
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from .servers import Server, say

RECORDED = json.loads((Path(__file__).parents[2] / "delivery/tests/recorded/canary.json").read_text())
PLURAL = {"Rollout": "rollouts", "ReplicaSet": "replicasets", "AnalysisRun": "analysisruns"}


class Kubernetes(Server):
    """What the stage uses of the Kubernetes API, with the objects and logs that a test puts there."""

    def __init__(self) -> None:
        self.kinds = {plural: {} for plural in PLURAL.values()}
        self.lists = {}  # objects that are listed and not watched, by plural
        self.logs = dict(RECORDED["logs"])
        self.tokens = []
        self.version = 1000
        self.gone = ""  # "status" or "event": how the next watch says that its history is gone
        self.history = []  # (version, plural, type, object)
        self.changed = threading.Condition()
        super().__init__()

    def put(self, thing, how: str = "MODIFIED") -> None:
        """Create, change or delete an object."""
        plural, name = PLURAL[thing["kind"]], thing["metadata"]["name"]
        with self.changed:
            self.version += 1
            whole = thing | {"metadata": thing["metadata"] | {"resourceVersion": str(self.version)}}
            self.kinds[plural].pop(name, None)
            if how != "DELETED":
                self.kinds[plural][name] = whole
            self.history.append((self.version, plural, how, whole))
            self.changed.notify_all()

    def look(self, number: int) -> None:
        """Bring every object to the state of one look of the recording."""
        for each in RECORDED["observations"][number]["objects"]:
            if each["kind"] in PLURAL:
                self.put(each)

    def answer(self, request) -> None:
        self.tokens.append(request.headers["Authorization"])
        url = urlsplit(request.path)
        query, last = parse_qs(url.query), url.path.split("/")[-1]
        if last in self.kinds:
            self._watch(request, last, query) if "watch" in query else self._list(request, last)
        elif last in self.lists:
            say(request, {"items": self.lists[last]})
        elif last == "pods":
            job = query["labelSelector"][0].removeprefix("job-name=")
            say(request, {"items": [{"metadata": {"name": job}}] if job in self.logs else []})
        elif last == "log":
            say(request, self.logs[url.path.split("/")[-2]] + "\n")
        else:
            say(request, {}, status=404)

    def _list(self, request, plural: str) -> None:
        with self.changed:
            items = [{k: v for k, v in each.items() if k != "kind"} for each in self.kinds[plural].values()]
            listed = {"metadata": {"resourceVersion": str(self.version)}, "items": items}
        say(request, listed)

    def _watch(self, request, plural: str, query) -> None:
        gone, self.gone = self.gone, ""
        if gone == "status":
            say(request, {"code": 410}, status=410)
            return
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        if gone == "event":
            chunk(request, {"type": "ERROR", "object": {"kind": "Status", "code": 410}})
        else:
            self._stream(request, plural, int(query["resourceVersion"][0]), float(query["timeoutSeconds"][0]))
        request.wfile.write(b"0\r\n\r\n")

    def _stream(self, request, plural: str, seen: int, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self.released.is_set():
            with self.changed:
                self.changed.wait_for(lambda: self.version > seen or self.broken, min(left, 0.1))  # noqa: B023
                new = [each for each in self.history if each[0] > seen and each[1] == plural]
                seen = self.version
            if self.broken == "hang":
                self.released.wait()
            for _, _, how, thing in new:
                chunk(request, {"type": how, "object": thing})
        bookmark = {"kind": "Bookmark", "metadata": {"resourceVersion": str(seen)}}
        chunk(request, {"type": "BOOKMARK", "object": bookmark})


def environment(second: str = "vote-canary") -> dict[str, list]:
    """The Ingresses and the AnalysisTemplate of an environment, by plural."""
    args = {"app-name": "shop-vote", "window": "5m", "error-threshold": "2"}
    hosts = {"vote": "vote-shop-qa", second: f"vote-shop-qa-{second.removeprefix('vote-')}"}
    return {
        "ingresses": [
            {"metadata": {"name": name}, "spec": {"rules": [{"host": f"{host}.localhost"}]}}
            for name, host in hosts.items()
        ],
        "analysistemplates": [
            {"spec": {"args": [{"name": name, "value": value} for name, value in args.items()]}}
        ],
    }


def chunk(request, content) -> None:
    line = json.dumps(content).encode() + b"\n"
    request.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
    request.wfile.flush()
