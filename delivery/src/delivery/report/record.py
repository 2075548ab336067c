"""What happened in a deployment, as the JSON record that .deployments/schema.json describes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from delivery.analysis import Run, Verdict
from delivery.attribution import Change, people
from delivery.config import Settings
from delivery.history import Deployment
from delivery.kubectl import Object
from delivery.notebook import Notebook, stamp
from delivery.rollout import State
from delivery.tags import commit

FOLDER = ".deployments"
Record = dict[str, Any]
OURS = {"Rollout", "Deployment", "StatefulSet", "ReplicaSet", "AnalysisRun", "Job", "Pod", "Service"}


def path(deployment: Deployment, version: str) -> str:
    """Where the report of a deployment stands; .json in place of .md for its record."""
    day, sha = f"{deployment.at:%Y-%m-%d}", commit(deployment.tag)
    kind = "rollback" if deployment.rollback_of else "deployment"
    return f"{FOLDER}/{day}-{sha}-{version}-{deployment.env}-{kind}-report.md"


def beside(path: str) -> str:
    """The record that a report was made from."""
    return path.removesuffix(".md") + ".json"


def found(deployment: Deployment, paths: Iterable[str]) -> str:
    """The report of a deployment among these paths; empty if it has none."""
    start, end = path(deployment, "\0").split("\0")
    return next((each for each in paths if each.startswith(start) and each.endswith(end)), "")


def version(pyproject: str | None) -> str:
    """The version that a pyproject.toml declares, as v17."""
    declared = re.search(r'^version = "([0-9A-Za-z.+-]+)"', pyproject or "", re.MULTILINE)
    return f"v{declared[1]}" if declared else "v0"


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
    notebook: Notebook,
    objects: Iterable[Object],
    events: Iterable[Object],
) -> Record:
    """The record of a deployment, from what git and the cluster say and what was noted."""
    mine = state if state is not None and state.tag == deployment.tag else None
    release = notebook.release or (mine.release if mine else "")
    strategy = mine.strategy if mine else "not known"
    return {
        "schema": 1,
        "environment": deployment.env,
        "namespace": settings.namespace(deployment.env),
        "strategy": strategy,
        "outcome": outcome(mine, notebook),
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
        },
        "source": {
            "commit": deployment.source,
            "subject": subject,
            "people": [each.name for each in deployment.people],
        },
        "changes": [
            {"commit": each.commit, "subject": each.subject, "people": [p.name for p in people(each)]}
            for each in changes
            if not each.author.bot
        ],
        "urls": {
            "active": settings.url(deployment.env),
            "preview": settings.url(deployment.env, "vote-preview") if strategy == "blue-green" else "",
        },
        "observations": notebook.observations,
        "analyses": [analysis(each, notebook.verdicts) for each in runs],
        "objects": sorted(
            map(created, filter(ours, objects)), key=lambda each: (each["created"], each["name"])
        ),
        "events": told_of(map(event, events), release, stamp(deployment.at)),
    }


def outcome(state: State | None, notebook: Notebook) -> str:
    """How it ended, as far as anybody saw."""
    if state is not None:
        return "Aborted" if state.aborted else state.phase or "Progressing"
    return str(notebook.observations[-1]["phase"]) if notebook.observations else "not known"


def analysis(run: Run, verdicts: Mapping[str, Verdict]) -> Record:
    """One AnalysisRun with what each of its Jobs asked and was told; null is what nobody read."""
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
    """What a Job printed."""
    known = asdict(verdict) if verdict and verdict.asked else {}
    return {key: known.get(key) for key in ("check", "asked", "status", "got", "reason")}


def ours(thing: Object) -> bool:
    """Whether a report lists objects of this kind."""
    return thing["kind"] in OURS


def created(thing: Object) -> Record:
    """An object, and when it was made."""
    metadata = thing["metadata"]
    return {"kind": thing["kind"], "name": metadata["name"], "created": metadata["creationTimestamp"]}


def event(thing: Object) -> Record:
    """Something that Kubernetes or a controller said."""
    about = thing["involvedObject"]
    at = thing.get("lastTimestamp") or thing.get("eventTime") or thing["metadata"]["creationTimestamp"]
    return {
        "at": re.sub(r"\.\d+Z$", "Z", at),
        "object": f"{about['kind']}/{about['name']}",
        "reason": thing.get("reason", ""),
        "message": " ".join(thing.get("message", "").split())[:300],
    }


def told_of(events: Iterable[Record], release: str, since: str) -> list[Record]:
    """The events since the deployment that are about vote's Rollout or this release, in order."""
    vote = ("Rollout/vote", "Deployment/vote")
    about = (each for each in events if each["object"] in vote or (release and release in each["object"]))
    return sorted((each for each in about if each["at"] >= since), key=lambda each: str(each["at"]))
