"""The output of a demo: one line per event, and live figures below them in a terminal."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from delivery.domain.rollout import State
from demo.voters import Count

EVERY_S = 5  # between two lines of votes if there is no terminal
STYLES = {"aborted": "bold red", " failed:": "red", "ON": "bold red", "Healthy": "green", " passed:": "green"}


class Screen:
    """Prints a demo to a terminal, a log file or a recording."""

    def __init__(self, console: Console, *, live: bool = True) -> None:
        self.console = console
        self._started = time.monotonic()
        self._last_votes = ("", 0.0)
        self._live = Live(console=console, transient=True) if live and console.is_terminal else None

    def __enter__(self) -> "Screen":
        """Start the live figures in a terminal."""
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the live figures; the lines stay."""
        if self._live:
            self._live.stop()

    def say(self, line: str) -> None:
        """Print a line with the time since the start, coloured by its content."""
        style = next((style for word, style in STYLES.items() if word in line), "")
        minutes, seconds = divmod(int(time.monotonic() - self._started), 60)
        stamp = f"{minutes:2}:{seconds:02}"
        if not self.console.is_terminal:  # one line in a log file, however long
            self.console.print(f"{stamp}  {line}", markup=False, highlight=False, soft_wrap=True)
            return
        grid = Table.grid(padding=(0, 2))
        grid.add_row(Text(stamp, style="dim"), Text(line, style=style))
        self.console.print(grid)

    def votes(self, state: State, counts: Mapping[str, Count]) -> None:
        """Show the votes so far: live in a terminal, otherwise as a line every few seconds."""
        if self._live:
            self._live.update(votes_table(state, counts))
            return
        line = votes_line(state, counts)
        before, when = self._last_votes
        if line != before and time.monotonic() - when > EVERY_S:
            self.say(line)
            self._last_votes = (line, time.monotonic())

    def table(self, title: str, rows: Mapping[str, str]) -> None:
        """Print a table of two columns."""
        table = Table(title=title, title_justify="left", show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in rows.items():
            table.add_row(name, value)
        self.console.print(table)


@contextmanager
def step(console: Console, what: str) -> Iterator[None]:
    """Show a step while it runs, then print how many seconds it took."""
    started = time.monotonic()
    with console.status(what):
        yield
    console.print(f"{time.monotonic() - started:6.1f} s  {what}", highlight=False, markup=False)


def votes_line(state: State, counts: Mapping[str, Count]) -> str:
    """The votes so far, accepted and failed, per release."""
    order = sorted(counts.items(), key=lambda each: (not each[0], each[0] != state.stable))
    return "votes: " + ", ".join(
        f"{called(state, release)} {count.ok} OK {count.failed} failed"
        if release
        else f"no release answered {count.failed}"
        for release, count in order
    )


def called(state: State, release: str) -> str:
    """The name people use for a release at this moment, with its hash."""
    return f"{state.role(release)} {release}"


def votes_table(state: State, counts: Mapping[str, Count]) -> Table:
    """The current votes and pods of each release."""
    table = Table("release", "pods ready", "votes OK", "votes failed", title=headline(state))
    for release in dict.fromkeys([state.stable, state.release, *counts]):
        if not release and release not in counts:
            continue
        count, pods = counts.get(release, Count(0, 0, ())), state.pods_of(release)
        failed = f"[bold red]{count.failed}[/]" if count.failed else "0"
        row = (f"{pods.ready} of {pods.wanted}", str(count.ok), failed)
        table.add_row(*(called(state, release), *row) if release else ("no release answered", "", "", failed))
    return table


def headline(state: State) -> str:
    """The status of the rollout in a few words."""
    if state.aborted:
        return "aborted"
    return f"{state.phase}, at {state.weight} %: {state.doing}" if state.doing else state.phase
