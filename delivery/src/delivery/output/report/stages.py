"""How long each stage of a deployment took, from the times of what was observed."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from delivery.domain.report.record import Record

DONE = ("Healthy", "Aborted", "Degraded")


def title(observation: Record) -> str:
    """What people call the stage that a look at the release fell into."""
    phase = observation["phase"]
    if phase in DONE or observation["step"] is None or not observation["doing"]:
        return str(phase)
    return f"step {observation['step'] + 1}: {observation['doing']}"


def durations(record: Record) -> list[tuple[str, float | None]]:
    """Each stage with its seconds; None for the last, which nothing ended.

    A stage lasts from the first look that fell into it to the first that fell into another.
    """
    looks = firsts(record["observations"])
    if not looks:
        return []
    started = seconds(record["deployment"]["at"], looks[0]["at"])
    spans = [seconds(one["at"], other["at"]) for one, other in pairwise(looks)]
    stages: list[tuple[str, float | None]] = [("commit to the first look", started)]
    stages += [(title(look), span) for look, span in zip(looks, [*spans, None], strict=True)]
    if title(looks[-1]) in DONE or title(looks[-1]) == "Paused":
        end = title(looks[-1])
        stages.append((f"commit to {end}", seconds(record["deployment"]["at"], looks[-1]["at"])))
    return stages


def firsts(observations: Iterable[Record]) -> list[Record]:
    """The first look that fell into each stage."""
    found: list[Record] = []
    for each in observations:
        if not found or title(found[-1]) != title(each):
            found.append(each)
    return found


def seconds(start: str, end: str) -> float:
    """The time between two stamps."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def shown(span: float | None) -> str:
    """A duration for people."""
    if span is None:
        return "until the report"
    minutes, rest = divmod(round(span), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
