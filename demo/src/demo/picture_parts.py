"""The parts of README's moving picture: what the page says at each look, and what moves through its lanes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import escape
from math import sqrt

from stage.state import Event, State, apply, nothing

AFTER_MS = 8_000  # shown after the abort
LAST_MS = 2_000  # a release that has answered no vote for so long gets none, as on the page
LOOKS, SLOT_MS = 64, 250  # at the figures: how many, and how long each is shown
TOPS, HEIGHT = (118, 226, 334), 100  # of the lanes and of the error rate
LEFT, WIDTH = 290, 500  # of what moves
WINDOW_MS = 30_000  # what a lane shows
BAND = 18  # from the edge of a lane to its votes
BURST = 54  # failed votes burst out of a narrow lane, so that each is seen


class Story:
    """What is shown of a recording: from a bad release's appearance until users are back on stable."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events
        rollouts = [event for event in events if event["event"] == "rollout"]
        tried = next(each for each in rollouts if each["release"] != each["stable"])
        abort = next(each for each in rollouts if each["aborted"])
        self.releases = (tried["stable"], tried["release"])
        self.begin: int = tried["t"]
        self.end: int = abort["t"] + AFTER_MS
        self.slot_ms = (self.end - self.begin) / (LOOKS - 1)
        self.started = datetime.fromisoformat(events[0]["started"])
        self.limit: float = events[0]["threshold"]

    def x(self, t: int) -> float:
        """Where an event of that time is at the beginning: its lane's right edge is `begin`."""
        return round(WIDTH + (t - self.begin) * WIDTH / WINDOW_MS, 1)

    def weights(self, rollout: Event) -> tuple[int, int]:
        """Stable's and the canary's share of the votes, in percent."""
        tried = rollout["release"] == self.releases[1] and not rollout["aborted"]
        canary = rollout["weight"] if tried else 0
        return 100 - canary, canary


def looks(story: Story) -> Iterator[list[str]]:
    """Every part of the picture, at each look."""
    state, left = nothing(), list(story.events)
    for look in range(LOOKS):
        t = story.begin + look * story.slot_ms
        while left[0]["t"] <= t:
            apply(state, left.pop(0))
        yield [
            *_news(story, state, t),
            *(part for row in (0, 1) for part in _lane(story, state, row)),
            *_rate(story, state),
            *_last(story, state),
        ]


def moving(story: Story) -> Iterator[str]:
    """What moves through each lane, and through the error rate."""
    marks = [(event["t"], "errors ON") for event in story.events if event.get("enabled")]
    marks += [(event["t"], "stopped") for event in story.events if event.get("aborted")][:1]
    lines = "".join(f'<path class="mark" d="M{story.x(t)} 4v{HEIGHT - 8}"/>' for t, _ in marks)
    dots: list[list[str]] = [[], []]
    crosses: list[list[str]] = [[], []]
    weights = (100, 0)
    for event in story.events:
        if event["event"] == "rollout":
            weights = story.weights(event)
        elif event["event"] == "vote" and event["release"] in story.releases and event["t"] < story.end:
            row = story.releases.index(event["release"])
            lane = max(HEIGHT * 0.92 * weights[row] / 100 - BAND, 0)
            y = ((event["t"] * 0.618033989) % 1 - 0.5) * (lane if event["ok"] else max(lane, BURST))
            at = f"M{story.x(event['t'])} {HEIGHT / 2 + y:.1f}"
            (dots if event["ok"] else crosses)[row].append(at)
    for row in (0, 1):
        yield f'{lines}<path class="dots" d="{"h0".join([*dots[row], ""])}"/>{_crosses(crosses[row])}'
    names = "".join(
        f'<text x="{story.x(t) + 8}" y="{rate_y(story.limit) - 8}" class="bold red">{name}</text>'
        for t, name in marks
    )
    judged = [event for event in story.events if event.get("release") == story.releases[1]]
    failed = [
        f"M{story.x(each['t'])} {rate_y(each['rate'])}"
        for each in judged
        if each["event"] == "verdict" and not each["passed"]
    ]
    yield f'{lines}{names}<path class="line" d="{_steps(story, judged)}"/>{_crosses(failed)}'


def rate_y(percent: float) -> float:
    """The height of a rate: its square root, so that both the limit and 100 % can be seen."""
    return round(HEIGHT - 10 - sqrt(percent / 100) * (HEIGHT - 24), 1)


def _steps(story: Story, judged: list[Event]) -> str:
    path = ""
    for event in judged:
        if event["event"] == "rate" and event["percent"] is not None:
            x = story.x(event["t"])
            path += f"H{x}V{rate_y(event['percent'])}" if path else f"M{x} {rate_y(event['percent'])}"
    return f"{path}H{story.x(story.end)}"


def _crosses(places: list[str]) -> str:
    drawn = "".join(f"{place}m-8-8l16 16m0-16l-16 16" for place in places)
    return f'<path class="halo" d="{drawn}"/><path class="cross" d="{drawn}"/>' if drawn else ""


def _text(x: float, y: float, text: str, css: str = "") -> str:
    return f'<text x="{x}" y="{y}" class="{css}">{escape(text)}</text>' if text else ""


def _news(story: Story, state: State, t: float) -> Iterator[str]:
    rollout, abort = state["rollout"], state["abort"]
    clock = f"{story.started + timedelta(milliseconds=t):%H:%M:%S}"
    yield _text(12, 30, f"{state['session']['environment']} · canary: {rollout['phase']}", "bold")
    faster = f"{story.slot_ms / SLOT_MS:.1f} times as fast"
    yield _text(988, 30, f"{clock} recorded {story.started:%Y-%m-%d}, {faster}", "quiet end")
    _, canary = story.weights(rollout)
    if abort:
        yield (
            '<rect class="banner" x="10" y="42" width="980" height="68" rx="8"/>'
            + _text(26, 76, f"Stopped: {_failed(story, abort['verdict'])}", "white name")
            + _text(26, 100, f"The canary was aborted. {_back(story, state, t)} to stable.", "white")
        )
    elif canary:
        fails = ", errors ON" if state["switch"]["enabled"] else ""
        yield _text(12, 88, f"Canary gets {canary} % of the votes{fails}", "big")
    else:
        yield _text(12, 88, "Every vote goes to stable", "big")


def _back(story: Story, state: State, t: float) -> str:
    having = [pod["release"] for pod in state["rollout"]["pods"] if pod["wanted"] or pod["ready"]]
    answering = [release for at, release, _ in state["votes"] if at > t - LAST_MS]
    return "Going back" if story.releases[1] in having + answering else "Every vote goes"


def _lane(story: Story, state: State, row: int) -> Iterator[str]:
    release, top = story.releases[row], TOPS[row]
    weight = story.weights(state["rollout"])[row]
    road = max(HEIGHT * 0.92 * weight / 100, 3)
    yield (
        f'<rect class="road" x="{LEFT}" y="{top + (HEIGHT - road) / 2:g}" width="{WIDTH}" height="{road:g}" '
        f'rx="{min(road / 2, 12):g}"/>'
    ) + _text(276, top + 50, f"{weight} %", "big end")
    pods = [pod for pod in state["rollout"]["pods"] if pod["release"] == release]
    ready, wanted = (sum(pod[key] for pod in pods) for key in ("ready", "wanted"))
    size = max(ready, wanted)
    yield "".join(
        f'<rect class="{"ready" if n < ready else "wanted"}" x="{276 - (size - n) * 22 + 5}" y="{top + 62}" '
        'width="17" height="17" rx="3"/>'
        for n in range(size)
    )
    count = state["counts"].get(release, {"ok": 0, "failed": 0})
    for key, y in (("ok", 44), ("failed", 77)):
        red = " red" if key == "failed" and count[key] else ""
        number = f'<tspan class="name{red}">{count[key]}</tspan>'
        yield f'<text x="834" y="{top + y}">{number} {key.replace("ok", "OK")}</text>'


def _rate(story: Story, state: State) -> Iterator[str]:
    rate, abort = state["rate"], state["abort"]
    known = rate and rate["release"] == story.releases[1] and rate["percent"] is not None
    value = abort["verdict"]["rate"] if abort else rate["percent"] if known else None
    over = " red" if value is not None and value >= story.limit else ""
    yield _text(26, TOPS[2] + 78, "\N{EN DASH}" if value is None else f"{value:g} %", f"big{over}")
    yield _text(150, TOPS[2] + 78, "at abort" if abort else "of canary" if known else "", "quiet")
    yield _text(806, TOPS[2] + 72, f"{rate['requests']} requests" if known and not abort else "")


def _last(story: Story, state: State) -> Iterator[str]:
    verdicts = [each for each in state["verdicts"] if each["rate"] is not None]
    said = "No check yet"
    for each in verdicts[-1:]:
        sign, passed = ("✓", "passed") if each["passed"] else ("✕", "failed")
        said = f"{sign} Check {each['check']} {passed}: {_failed(story, each)}"
    yield _text(12, 466, said)
    on = state["switch"]["enabled"]
    yield _text(988, 466, f"Errors are {'ON' if on else 'OFF'}", f"bold end{' red' * on}")
    rollout = state["rollout"]
    tried = rollout["release"] == story.releases[1] and not rollout["aborted"]
    wide = 980 / len(rollout["steps"])
    for n, step in enumerate(rollout["steps"]):
        kind, rest = step.split(maxsplit=1)
        name = {"setWeight": rest, "pause": f"wait {rest}", "analysis": "check"}.get(kind, step)
        css = "never" if rollout["aborted"] else "now" if tried and n == rollout["step"] else "quiet"
        done = "✓ " * (tried and n < rollout["step"])
        x = 10 + n * wide
        box = "now" if css == "now" else "card"
        yield f'<rect class="{box}" x="{x + 2:g}" y="482" width="{wide - 4:g}" height="36" rx="6"/>' + _text(
            x + wide / 2, 507, done + name, f"mid {css}"
        )


def _failed(story: Story, verdict: Event) -> str:
    return f"{verdict['rate']:g} % of {verdict['requests']} requests failed, limit {story.limit:g} %"
