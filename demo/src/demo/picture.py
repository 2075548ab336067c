"""`make picture`: README's moving picture, drawn from the recording: what the page shows, as one SVG."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from flask import Flask, render_template

from delivery.domain.services import ROOT
from demo.picture_parts import LEFT, SLOT_MS, TOPS, WIDTH, Story, looks, moving, rate_y
from stage import replay

RECORDING = ROOT / "docs/recordings/bad-release.jsonl"
MOVING = ROOT / "docs/images/bad-release.svg"
CSS = ROOT / "stage/src/stage/static/stage.css"
STILL = ROOT / "docs/images/bad-release-still.svg"  # for people who prefer reduced motion

SLOTS = 80  # of a loop; the last look stays until its end


def draw(path: Path, *, still: bool = False) -> str:
    """The recording as a picture that loops, or its last look, which tells how the release ended."""
    story = Story(replay.read(path))
    shown = list(looks(story))
    parts = zip(*(shown[-1:] if still else shown), strict=True)
    timed = [each for part in parts for each in _timed(part)]
    runs = {int(run) for run in re.findall(r'class="f k(\d+)', "".join(timed))}
    app = Flask("demo")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    with app.app_context():
        return render_template(
            "picture.svg",
            colours=CSS.read_text().split("/*")[0].strip(),  # the page's own, light and dark
            left=LEFT,
            limit=f"{story.limit:g}",
            limit_y=rate_y(story.limit),
            moved=round(WIDTH - story.x(story.end), 1),
            moving=list(zip(TOPS, moving(story), strict=True)),
            played=_share(len(shown) - 1),
            runs={run: _share(run) for run in sorted(runs)},
            seconds=SLOTS * SLOT_MS / 1000,
            still=still,
            timed=timed,
            tops=TOPS,
            width=WIDTH,
        )


def _share(slots: int) -> str:
    return f"{100 * slots / SLOTS:g}"


def _timed(part: tuple[str, ...]) -> Iterator[str]:
    """A part's looks, each shown in its own slots; equal neighbours are one look."""
    at = 0
    for content, same in groupby(part):
        begin, at = at, at + len(list(same))
        last = at == len(part)
        slots = SLOTS - begin if last else at - begin
        if slots == SLOTS:
            yield content
        else:
            delay = f"animation-delay:{(begin - SLOTS) * SLOT_MS / 1000:g}s"
            yield f'<g class="f k{slots}{" still" * last}" style="{delay}">{content}</g>'


if __name__ == "__main__":
    MOVING.write_text(draw(RECORDING))
    STILL.write_text(draw(RECORDING, still=True))
