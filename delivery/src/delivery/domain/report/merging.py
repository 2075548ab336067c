"""Merges a record with an earlier one of the same deployment, and lists what is missing in both."""

from collections.abc import Sequence

from delivery.domain.report.measurements import counted
from delivery.domain.report.record import Record

NO_OBSERVATIONS = (
    "weights, pod counts and times: nobody watched (delivery wait runs in the same job as delivery report)"
)


def merged(old: Record | None, new: Record) -> Record:
    """The new record, with observations that only an earlier report of the same deployment has."""
    if old is None or old["deployment"]["commit"] != new["deployment"]["commit"]:
        return complete(new)
    both = dict(new)
    both["observations"] = union(old["observations"], new["observations"], "at")
    both["events"] = union(old["events"], new["events"], "at")
    both["objects"] = union(old["objects"], new["objects"], "created")
    both["release"] = new["release"] or old["release"]
    for key in ("outcome", "strategy"):  # unknown to a later report without the cluster
        both[key] = old[key] if new[key] == "not known" else new[key]
    known = {each["job"]: each for run in old["analyses"] for each in run["measurements"]}
    both["analyses"] = [
        run | {"measurements": [better(known.get(each["job"]), each) for each in run["measurements"]]}
        for run in new["analyses"]
    ]
    names = {run["name"] for run in new["analyses"]}
    both["analyses"] = [*(run for run in old["analyses"] if run["name"] not in names), *both["analyses"]]
    return complete(both)


def union(old: Sequence[Record], new: Sequence[Record], key: str) -> list[Record]:
    """The entries of both without duplicates, in order of time."""
    return sorted([*old, *(each for each in new if each not in old)], key=lambda each: str(each[key]))


def better(old: Record | None, new: Record) -> Record:
    """The measurement that has its Job's result, if either does."""
    return old if old is not None and old["reason"] is not None and new["reason"] is None else new


def complete(record: Record) -> Record:
    """The record with the list of missing data."""
    missing = [] if record["observations"] else [NO_OBSERVATIONS]
    unread = [each["job"] for each in counted(record) if each["reason"] is None]
    missing += [f"what the Job {job} was told: its log was not read" for job in unread]
    if not record["events"]:
        missing.append("events: the cluster has none any more")
    if not record["previous"]:
        missing.append("what changed: git knows no deployment here before this one")
    return record | {"missing": missing}
