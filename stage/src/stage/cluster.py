"""Follows one environment on the cluster: its rollout, and the verdict of each analysis Job."""

import json
import threading
import time

import httpx

from stage import analysis
from stage.analysis import Measurement, Run, Verdict
from stage.api import Api
from stage.rollout import State
from stage.sources import FAILURES, Publish, Source, failure
from stage.watch import Watch

KINDS = ("Rollout", "ReplicaSet", "AnalysisRun")
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 2.0  # between two attempts to connect


class Cluster:
    """Publishes the state of vote, and the verdict of each analysis Job once."""

    def __init__(self, api: Api, namespace: str, publish: Publish) -> None:
        self.source = Source("api", publish, *KINDS)
        self._api, self._namespace, self._publish = api, namespace, publish
        self._watches = {kind: Watch(kind, namespace, self._changed) for kind in KINDS}
        self._state: State | None = None
        self._told: set[str] | None = None  # the Jobs whose verdict was published; None before the first look
        self._news = threading.Event()
        self._lock = threading.Lock()

    @property
    def state(self) -> State | None:
        """The state of vote as the API said last; None if it is not deployed, or was never read."""
        return self._state

    @property
    def second(self) -> str:
        """The canary or preview that users or its own address can reach; empty if there is none."""
        state = self._state
        if state is None or state.aborted or not state.canary or not state.pods_of(state.canary).ready:
            return ""
        return state.canary

    def threads(self, stop: threading.Event) -> list[threading.Thread]:
        """The threads that follow the cluster until `stop`."""
        follow = [threading.Thread(target=self._follow, args=(kind, stop), daemon=True) for kind in KINDS]
        return [*follow, threading.Thread(target=self._tell_verdicts, args=(stop,), daemon=True)]

    def _follow(self, kind: str, stop: threading.Event) -> None:
        pause = 0.0
        while not stop.wait(pause):
            began = time.monotonic()
            try:
                with self._api.connect() as client:
                    self._watches[kind].follow(client, lambda: self.source.heard(kind), stop)
                pause = FIRST_PAUSE_S  # the server wants us to list again
            except FAILURES as error:
                self.source.failed(failure(error), kind)
                self._api.forget()
                lasted = time.monotonic() - began > 2 * LONGEST_PAUSE_S
                pause = FIRST_PAUSE_S if lasted else min(LONGEST_PAUSE_S, 2 * (pause or FIRST_PAUSE_S / 2))

    def _changed(self) -> None:
        with self._lock:
            if not all(each.listed for each in self._watches.values()):
                return
            found = [thing for each in self._watches.values() for thing in each.objects]
            self._state = State.read(found)
            self._publish("rollout", **described(self._state))
        self._news.set()

    def _tell_verdicts(self, stop: threading.Event) -> None:
        while not stop.is_set():
            if not self._news.wait(0.5):
                continue
            self._news.clear()
            try:
                for run, each in self._untold():
                    if stop.is_set():
                        return
                    self._tell(run, each)
            except FAILURES:  # the API server may be unreachable for a moment, and its source says so
                stop.wait(FIRST_PAUSE_S)
                self._news.set()

    def _untold(self) -> list[tuple[Run, Measurement]]:
        """The ended Jobs that were not told; at the start, those of earlier releases count as told."""
        runs = sorted(map(Run.read, self._watches["AnalysisRun"].objects), key=lambda each: each.started)
        state = self._state
        if self._told is None:
            now = (state.release, state.revision) if state else ("", "")
            before = [each for each in runs if (each.release, each.revision) != now]
            self._told = {each.job for _, each in analysis.ended(before)}
        return analysis.ended(runs, self._told)

    def _tell(self, run: Run, measurement: Measurement) -> None:
        log = self._log(measurement.job)
        assert self._told is not None  # noqa: S101 - _untold has set it
        self._told.add(measurement.job)
        said = Verdict.read(log)
        if said is None and measurement.stopped:
            return  # it ended with its rollout and has no result
        self._publish("verdict", **verdict(run, measurement, said))

    def _log(self, job: str) -> str:
        """The last log line of a Job; empty if its pod is gone, wrote nothing, or may not be read."""
        path = f"api/v1/namespaces/{self._namespace}/pods"
        with self._api.connect() as client:
            found = client.get(path, params={"labelSelector": f"job-name={job}"}).raise_for_status()
            pods = [each["metadata"]["name"] for each in found.json()["items"]]
            if not pods:
                return ""
            answer = client.get(f"{path}/{pods[-1]}/log", params={"tailLines": "1"})
        if answer.is_client_error and answer.status_code != httpx.codes.UNAUTHORIZED:
            return ""
        return answer.raise_for_status().text.strip()


def described(state: State | None) -> dict[str, object]:
    """The content of a `rollout` event."""
    if state is None:
        message = "vote is not deployed here"
        empty = dict.fromkeys(("phase", "stable", "release", "stable_tag", "tag"), "")
        nothing = {"step": 0, "steps": [], "weight": 0, "aborted": False, "current": False, "pods": []}
        return empty | {"message": message} | nothing
    shown = (each for each in state.pods if each.wanted or each.ready or each.release == state.canary)
    beside = state.strategy == "blue-green" and bool(state.canary)  # users never reach a preview
    return {
        "phase": state.phase,
        "message": state.message,
        "step": state.step,
        "steps": list(state.steps),
        "weight": 0 if beside else state.weight,
        "aborted": state.aborted,
        "stable": state.stable,
        "release": state.release,
        "stable_tag": state.stable_tag,
        "tag": state.tag,
        "current": state.current,
        "pods": [
            {
                "release": each.release,
                "role": state.role(each.release),
                "wanted": each.wanted,
                "ready": each.ready,
            }
            for each in shown
        ],
    }


def verdict(run: Run, measurement: Measurement, said: Verdict | None) -> dict[str, object]:
    """The content of a `verdict` event; without the Job's log line, what Argo Rollouts says."""
    passed = said.passed if said else measurement.phase == "Successful"
    reason = said.reason if said else f"{measurement.phase}; the Job's log cannot be read"
    return {
        "check": said.check if said else measurement.metric,
        "passed": passed,
        "reason": reason,
        "asked": said.asked if said else "",
        "release": run.release,
        "kind": run.kind,
        "step": run.step,
        **_numbers(said.got if said else ""),
    }


def _numbers(got: str) -> dict[str, float | None]:
    """The error rate and the requests in what an analysis got; None where it has none."""
    try:
        answer = json.loads(got)
        found = {"rate": answer.get("errorRate"), "requests": answer.get("requests")}
    except (ValueError, AttributeError):
        return {"rate": None, "requests": None}
    return {name: value if isinstance(value, int | float) else None for name, value in found.items()}
