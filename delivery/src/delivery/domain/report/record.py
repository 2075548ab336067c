"""The record of a deployment, as JSON in the form of .deployments/schema.json."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from delivery.domain.analysis import Run, Verdict
from delivery.domain.attribution import Change, people
from delivery.domain.history import Deployment
from delivery.domain.objects import Object
from delivery.domain.observation_log import ObservationLog, stamp
from delivery.domain.rollout import State
from delivery.domain.settings import Settings
from delivery.domain.tags import commit

FOLDER = ".deployments"
REPORT = re.compile(
    rf"(?P<start>{re.escape(FOLDER)}/\d{{4}}-\d\d-\d\d-[0-9a-f]{{7}}-)[^/-]+(?P<end>-.+-report(-\d+)?\.md)"
)
Record = dict[str, Any]
A_MOMENT = timedelta(seconds=2)  # a controller records an event right after the action
OURS = {"Rollout", "Deployment", "StatefulSet", "ReplicaSet", "AnalysisRun", "Job", "Pod", "Service"}


def path(deployment: Deployment, version: str, deployed: Iterable[Deployment]) -> str:
    """The path of a deployment's report; its record has .json instead of .md.

    The second report of a kind on one day gets a number; `deployed` has all deployments, newest first.
    """
    start, end = ends(deployed)[deployment.commit]
    return start + version + end


def ends(deployed: Iterable[Deployment]) -> dict[str, tuple[str, str]]:
    """The start and the end of the path of each deployment's report, by commit; the version is in between."""
    found: dict[str, tuple[str, str]] = {}
    times = Counter[tuple[str, str]]()
    for each in reversed(list(deployed)):
        kind = "rollback" if each.rollback_of else "deployment"
        start, end = f"{FOLDER}/{each.at:%Y-%m-%d}-{commit(each.tag)}-", f"-{each.env}-{kind}-report"
        times[start, end] += 1
        number = times[start, end]
        found[each.commit] = (start, end + (f"-{number}" if number > 1 else "") + ".md")
    return found


def beside(path: str) -> str:
    """The path of a report's record."""
    return path.removesuffix(".md") + ".json"


def found(deployed: Iterable[Deployment], paths: Iterable[str]) -> dict[str, str]:
    """The reports in these paths, by the commit of their deployment."""
    reports = {name: each for each in paths if (name := REPORT.fullmatch(each))}
    by_ends = {(name["start"], name["end"]): each for name, each in reports.items()}
    return {each: by_ends[both] for each, both in ends(deployed).items() if both in by_ends}


def version(pyproject: str | None) -> str:
    """The version that a pyproject.toml declares, as v17."""
    declared = re.search(r'^version = "([0-9A-Za-z.+-]+)"', pyproject or "", re.MULTILINE)
    return f"v{declared[1].replace('-', '.')}" if declared else "v0"


def build(
    settings: Settings,
    deployment: Deployment,
    *,
    before: Deployment | None,
    version: str,
    changes: Iterable[Change],
    subject: str,
    state: State | None,
    runs: Iterable[Run],
    log: ObservationLog,
    objects: Iterable[Object],
    events: Iterable[Object],
) -> Record:
    """The record of a deployment, from git, the cluster and the observation log."""
    mine = state if state is not None and state.tag == deployment.tag else None
    release = log.release or (mine.release if mine else "")
    strategy = mine.strategy if mine else "not known"
    said = told_of(map(event, events), release)
    since = began(said, mine.revision if mine else "") or stamp(deployment.at)
    return {
        "schema": 1,
        "environment": deployment.env,
        "namespace": settings.namespace(deployment.env),
        "strategy": strategy,
        "outcome": outcome(mine, log),
        "tag": deployment.tag,
        "version": version,
        "release": release,
        "images": [str(each) for each in deployment.images],
        "previous": {"tag": before.tag, "commit": before.commit} if before else None,
        "deployment": {
            "commit": deployment.commit,
            "at": stamp(deployment.at),
            "run_url": deployment.run_url,
            "promoted_from": deployment.promoted_from,
            "rollback_of": deployment.rollback_of,
            "reason": deployment.reason,
            **({"button": deployment.button} if deployment.button else {}),
        },
        "source": {
            "commit": deployment.source,
            "subject": subject,
            "people": [each.name for each in deployment.people],
        },
        "changes": [
            {"commit": each.commit, "subject": each.subject, "people": [p.name for p in people(each)]}
            for each in changes
            if not each.bookkeeping
        ],
        "urls": {
            "active": settings.url(deployment.env),
            "preview": settings.url(deployment.env, "vote-preview") if strategy == "blue-green" else "",
        },
        "observations": log.observations,
        "analyses": [analysis(each, log.verdicts) for each in runs],
        "objects": sorted(
            (each for each in map(created, filter(ours, objects)) if each["created"] >= since),
            key=lambda each: (each["created"], each["name"]),
        ),
        "events": [each for each in said if each["at"] >= since],
    }


def outcome(state: State | None, log: ObservationLog) -> str:
    """How it ended, as far as it was observed."""
    if state is not None:
        return state.shown or "Progressing"
    return str(log.observations[-1]["phase"]) if log.observations else "not known"


def analysis(run: Run, verdicts: Mapping[str, Verdict]) -> Record:
    """One AnalysisRun with the result of each of its Jobs; null means that it was not read."""
    return {
        "name": run.name,
        "title": run.title,
        "kind": run.kind,
        "phase": run.phase,
        "message": run.message,
        "started": run.started,
        "measurements": [asdict(each) | said(verdicts.get(each.job)) for each in run.measurements],
    }


def said(verdict: Verdict | None) -> Record:
    """The verdict of a Job as JSON."""
    known = asdict(verdict) if verdict and verdict.asked else {}
    return {key: known.get(key) for key in ("check", "asked", "status", "got", "reason")}


def ours(thing: Object) -> bool:
    """Whether a report lists objects of this kind."""
    return thing["kind"] in OURS


def created(thing: Object) -> Record:
    """An object and its creation time."""
    metadata = thing["metadata"]
    return {"kind": thing["kind"], "name": metadata["name"], "created": metadata["creationTimestamp"]}


def event(thing: Object) -> Record:
    """An event of Kubernetes or a controller."""
    about = thing["involvedObject"]
    at = thing.get("lastTimestamp") or thing.get("eventTime") or thing["metadata"]["creationTimestamp"]
    return {
        "at": re.sub(r"\.\d+Z$", "Z", at),
        "object": f"{about['kind']}/{about['name']}",
        "reason": thing.get("reason", ""),
        "message": " ".join(thing.get("message", "").split())[:300],
    }


def told_of(events: Iterable[Record], release: str) -> list[Record]:
    """The events about vote's Rollout or this release, in order."""
    vote = ("Rollout/vote", "Deployment/vote")
    about = (each for each in events if each["object"] in vote or (release and release in each["object"]))
    return sorted(about, key=lambda each: str(each["at"]))


def began(events: Iterable[Record], revision: str) -> str:
    """When the Rollout got this revision, by the cluster's clock; empty if the event has expired."""
    updated = f"Rollout updated to revision {revision}"
    at = next((each["at"] for each in events if each["message"] == updated), "")
    return at and stamp(datetime.fromisoformat(at) - A_MOMENT)
