"""Tables of alternating runs: minimum, median and maximum, and the ratios within each round."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

HEAD = ("", "min", "median", "max", "goal", "")


@dataclass(frozen=True)
class Goal:
    """The goal for the median of a ratio: at least the figure, or at most."""

    figure: float
    unit: str  # "x" or "%"
    at_most: bool = False

    def __str__(self) -> str:
        return f"{'at most' if self.at_most else 'at least'} {self.figure:,.0f} {self.unit}"

    def verdict(self, ratio: float) -> str:
        percent = ratio * 100 if self.unit == "%" else ratio
        reached = percent <= self.figure if self.at_most else percent >= self.figure
        return "reached" if reached else "MISSED"


@dataclass
class Group:
    """One measurement of several contenders, with one sample per round each."""

    title: str
    form: str
    samples: dict[str, list[float]] = field(default_factory=dict)
    ratios: list[tuple[str, list[float], Goal | None]] = field(default_factory=list)

    def add(self, contender: str, sample: float) -> None:
        self.samples.setdefault(contender, []).append(sample)

    def compare(self, ours: str, other: str, goal: Goal | None = None) -> None:
        """Divide within each round, so that a slow phase of the machine affects both."""
        pairs = zip(self.samples[ours], self.samples[other], strict=True)
        self.ratios.append((f"{ours} / {other}", [one / two for one, two in pairs], goal))

    def rows(self) -> Iterable[tuple[str, ...]]:
        for contender, samples in self.samples.items():
            yield (contender, *map(self.form.format, spread(samples)), "", "")
        for name, ratios, goal in self.ratios:
            shown = (share(ratio) if goal and goal.unit == "%" else times(ratio) for ratio in spread(ratios))
            yield (name, *shown, str(goal or ""), goal.verdict(median(ratios)) if goal else "")


def share(ratio: float) -> str:
    return f"{100 * ratio:.0f} %"


def times(ratio: float) -> str:
    return f"{ratio:,.1f} x" if ratio < 100 else f"{ratio:,.0f} x"


def spread(samples: list[float]) -> tuple[float, float, float]:
    return min(samples), median(samples), max(samples)


def plain(groups: list[Group]) -> str:
    """The tables for a terminal."""
    lines = []
    for group in groups:
        rows = [(group.title, *HEAD[1:]), *((f"  {row[0]}", *row[1:]) for row in group.rows())]
        lines += [
            f"{row[0]:52}{row[1]:>11}{row[2]:>11}{row[3]:>11}   {row[4]:17}{row[5]}".rstrip() for row in rows
        ]
        lines.append("")
    return "\n".join(lines)


def markdown(groups: list[Group]) -> str:
    """The tables for docs/performance.md."""
    lines = ["| | min | median | max | goal | |", "|---|---:|---:|---:|---|---|"]
    for group in groups:
        lines.append(f"| **{group.title}** | | | | | |")
        lines += [f"| {' | '.join(row)} |" for row in group.rows()]
    return "\n".join(lines) + "\n"
