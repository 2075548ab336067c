"""Renders the record of a deployment as a Markdown report; every figure comes from the record."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby, pairwise

from delivery.domain.analysis import STOPPED
from delivery.domain.report.measurements import RUN_TERMINATED, counted, stopped
from delivery.domain.report.record import Record
from delivery.output.markdown import Markdown, render

DONE = ("Healthy", "Aborted", "Degraded")
PREVIEW = "preview"


def markdown(record: Record) -> str:
    """The whole report."""
    observations = [each | {"stage": stage(each)} for each in record["observations"]]
    checks = counted(record)
    shown = record | {"analyses": [analysis(run) for run in record["analyses"]]}
    return render(
        "report.md.j2",
        **shown,
        checks=len(checks),
        passed=sum(each["phase"] == "Successful" for each in checks),
        traffic=list(traffic(observations)),
        timeline=timeline(shown | {"firsts": list(firsts(observations, "stage"))}),
        switches=[
            each for each in firsts(observations, "preview", "active") if each["preview"] or each["active"]
        ],
        aborted=since_abort(observations),
        durations=durations(record["deployment"]["at"], observations),
        bar=bar,
        took=took,
    )


def stage(observation: Record) -> str:
    """The name of the stage of an observation."""
    phase = observation["phase"]
    if phase in DONE or observation["step"] is None or not observation["doing"]:
        return str(phase)
    return f"step {observation['step'] + 1}: {observation['doing']}"


def firsts(observations: Iterable[Record], *keys: str) -> Iterator[Record]:
    """The observations in which one of these keys has changed."""
    return (next(same) for _, same in groupby(observations, key=lambda each: [each[key] for key in keys]))


def since_abort(observations: list[Record]) -> list[Record]:
    """The last observation before the abort and all after it; empty without an abort."""
    start = next(
        (i for i, each in enumerate(observations) if each["phase"] == "Aborted"), len(observations) + 1
    )
    return observations[max(0, start - 1) :]


def traffic(observations: Iterable[Record]) -> Iterator[tuple[Record, list[tuple[str, float, Record]]]]:
    """The observations in which the traffic has changed, each with the share of every release.

    Services balance connections over ready pods; a preview has its own URL only.
    """
    last = None
    for observation in observations:
        ready = [each for each in observation["pods"] if each["ready"]]
        serving = [each for each in ready if each["role"] != PREVIEW and reached(observation, each)]
        total = sum(each["ready"] for each in serving)
        now = [("users", each["ready"] / total, each) for each in serving]
        now += [(PREVIEW, 1.0, each) for each in ready if each["role"] == PREVIEW]
        if now and now != last:
            yield observation, now
            last = now


def reached(observation: Record, pods: Record) -> bool:
    """Whether users reach these pods: with blue-green, only those of the active release."""
    return not observation["active"] or bool(pods["release"] == observation["active"])


def bar(pods: Record) -> Markdown:
    """One character per pod."""
    return Markdown("#" * pods["ready"] + "." * (pods["wanted"] - pods["ready"]))


def timeline(values: Record) -> list[tuple[str, list[tuple[str, Markdown]]]]:
    """All events by minute, each with its second and its text."""
    lines = sorted(render("report/timeline.md.j2", **values).splitlines())
    return [
        (minute[11:], [(line[17:19], Markdown(line[21:])) for line in same])
        for minute, same in groupby(lines, key=lambda line: line[:16])
    ]


def analysis(run: Record) -> Record:
    """A run with the result of the run and of each measurement.

    Argo Rollouts marks a run that it stopped together with its rollout as Successful. For a background
    analysis that is the normal end, unless a measurement was running.
    """
    measurements = [
        each | {"ended": STOPPED if stopped(run, each) else each["phase"]} for each in run["measurements"]
    ]
    halted = run["kind"] != "Background" or any(each["ended"] == STOPPED for each in measurements)
    ended = STOPPED if run["message"] == RUN_TERMINATED and halted else run["phase"]
    return run | {"measurements": measurements, "ended": ended}


def durations(start: str, observations: Iterable[Record]) -> Record:
    """The duration of each stage; None for the last, which has no end.

    A stage lasts from its first observation to the first one of the next stage.
    """
    found = list(firsts(observations, "stage"))
    if not found:
        return {"stages": []}
    spans = [seconds(one["at"], other["at"]) for one, other in pairwise(found)]
    last = found[-1]
    return {
        "first": seconds(start, found[0]["at"]),
        "stages": [(each["stage"], span) for each, span in zip(found, [*spans, None], strict=True)],
        "end": last["stage"] if last["stage"] in (*DONE, "Paused") else "",
        "whole": seconds(start, last["at"]),
    }


def seconds(start: str, end: str) -> float:
    """The seconds between two timestamps."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def took(span: float) -> str:
    """A duration in minutes and seconds."""
    minutes, rest = divmod(round(span), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
