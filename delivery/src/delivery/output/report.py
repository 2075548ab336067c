"""A record of a deployment as Markdown for people; every figure comes from the record."""

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
    looks = [each | {"stage": stage(each)} for each in record["observations"]]
    checks = counted(record)
    shown = record | {"analyses": [analysis(run) for run in record["analyses"]]}
    return render(
        "report.md.j2",
        **shown,
        checks=len(checks),
        passed=sum(each["phase"] == "Successful" for each in checks),
        traffic=list(traffic(looks)),
        timeline=timeline(shown | {"firsts": list(firsts(looks, "stage"))}),
        switches=[each for each in firsts(looks, "preview", "active") if each["preview"] or each["active"]],
        aborted=since_abort(looks),
        durations=durations(record["deployment"]["at"], looks),
        bar=bar,
        took=took,
    )


def stage(observation: Record) -> str:
    """What people call the stage that a look at the release fell into."""
    phase = observation["phase"]
    if phase in DONE or observation["step"] is None or not observation["doing"]:
        return str(phase)
    return f"step {observation['step'] + 1}: {observation['doing']}"


def firsts(looks: Iterable[Record], *keys: str) -> Iterator[Record]:
    """The looks at which one of these differs from the look before."""
    return (next(same) for _, same in groupby(looks, key=lambda each: [each[key] for key in keys]))


def since_abort(looks: list[Record]) -> list[Record]:
    """The look before the release was aborted and all after it; none of a release that was not."""
    start = next((i for i, each in enumerate(looks) if each["phase"] == "Aborted"), len(looks) + 1)
    return looks[max(0, start - 1) :]


def traffic(looks: Iterable[Record]) -> Iterator[tuple[Record, list[tuple[str, float, Record]]]]:
    """The looks at which the share of a release had changed, each with who got how much of which release.

    Services share connections among ready pods; only its own address leads to a preview.
    """
    last = None
    for look in looks:
        ready = [each for each in look["pods"] if each["ready"]]
        serving = [each for each in ready if each["role"] != PREVIEW and reached(look, each)]
        total = sum(each["ready"] for each in serving)
        now = [("users", each["ready"] / total, each) for each in serving]
        now += [(PREVIEW, 1.0, each) for each in ready if each["role"] == PREVIEW]
        if now and now != last:
            yield look, now
            last = now


def reached(look: Record, pods: Record) -> bool:
    """Whether users reach these pods: in blue-green, only the active release's."""
    return not look["active"] or bool(pods["release"] == look["active"])


def bar(pods: Record) -> Markdown:
    """One character a pod."""
    return Markdown("#" * pods["ready"] + "." * (pods["wanted"] - pods["ready"]))


def timeline(values: Record) -> list[tuple[str, list[tuple[str, Markdown]]]]:
    """Everything with a time: each minute with its seconds and what happened in them."""
    lines = sorted(render("report/timeline.md.j2", **values).splitlines())
    return [
        (minute[11:], [(line[17:19], Markdown(line[21:])) for line in same])
        for minute, same in groupby(lines, key=lambda line: line[:16])
    ]


def analysis(run: Record) -> Record:
    """A run with how it and each of its measurements ended.

    Argo Rollouts calls a run Successful that it stopped with its rollout. That is how a background analysis
    ends, unless it was measuring.
    """
    measurements = [
        each | {"ended": STOPPED if stopped(run, each) else each["phase"]} for each in run["measurements"]
    ]
    halted = run["kind"] != "Background" or any(each["ended"] == STOPPED for each in measurements)
    ended = STOPPED if run["message"] == RUN_TERMINATED and halted else run["phase"]
    return run | {"measurements": measurements, "ended": ended}


def durations(start: str, looks: Iterable[Record]) -> Record:
    """How long each stage took; None for the last, which nothing ended.

    A stage lasts from the first look that fell into it to the first that fell into another.
    """
    found = list(firsts(looks, "stage"))
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
    """The time between two stamps."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def took(span: float) -> str:
    """A duration in minutes and seconds."""
    minutes, rest = divmod(round(span), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
