"""The status of environments, as a table or as JSON."""

import json
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from delivery.domain.rollout import State
from delivery.domain.settings import Settings

LOG_WIDTH = 200  # characters, if there is no terminal
HEAD = ("environment", "release", "phase", "step", "weight", "error rate", "pages")


@dataclass(frozen=True, kw_only=True)
class Status:
    """The status of one environment; unknown values are empty."""

    environment: str
    image_tag: str = ""
    release: str = ""
    phase: str = ""
    step: str = ""
    weight: str = ""
    error_rate: float | None = None
    url: str = ""
    preview_url: str = ""

    def row(self) -> tuple[str, ...]:
        """The cells of its row."""
        rate = "" if self.error_rate is None else f"{self.error_rate:g} %"
        release = f"{self.image_tag} ({self.release})" if self.release else self.image_tag
        pages = "\n".join(filter(None, (self.url, self.preview_url)))
        return (self.environment, release, self.phase, self.step, self.weight, rate, pages)


def described(settings: Settings, env: str, state: State, rate: float | None) -> Status:
    """The status of one environment from its State."""
    rolling_out = bool(state.canary and state.doing)
    return Status(
        environment=env,
        image_tag=state.tag,
        release=state.release,
        phase=state.shown,
        step=f"{state.step + 1} of {len(state.steps)}: {state.doing}" if rolling_out else "",
        weight=f"{state.weight} %" if rolling_out else "",
        error_rate=rate,
        url=settings.url(env),
        preview_url=settings.url(env, "vote-preview") if state.strategy == "blue-green" else "",
    )


def as_json(found: list[Status]) -> str:
    """The statuses as JSON."""
    return json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False)


def show(found: list[Status]) -> None:
    """Print the statuses as a table."""
    table = Table()
    for head in HEAD:
        table.add_column(head, overflow="fold")
    for each in found:
        table.add_row(*each.row())
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=LOG_WIDTH)
    console.print(table)
