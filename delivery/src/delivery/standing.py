"""`delivery status`: how each environment stands, as a table or as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from delivery.config import Settings
from delivery.errors import ConfigurationError
from delivery.project import Project
from delivery.rollout import State

LOG_WIDTH = 200  # characters, where nobody's terminal has a width
HEAD = ("environment", "release", "phase", "step", "weight", "error rate", "pages")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One environment; empty is what nobody can say."""

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


def of(project: Project, envs: Sequence[str]) -> list[Standing]:
    """How these environments stand; one that the cluster does not have says so in its place."""
    found, problems = [], []
    for env in envs:
        try:
            found.append(look(project, env))
        except ConfigurationError as error:
            problems.append(error)
            found.append(Standing(environment=env, phase="not there"))
    if len(problems) == len(envs):
        raise problems[0]
    return found


def look(project: Project, env: str) -> Standing:
    """Ask the cluster, and apm for the release's error rate."""
    cluster = project.cluster(env)
    cluster.require()
    state = State.read(cluster.objects())
    if state is None:
        return Standing(environment=env, phase="nothing deployed")
    return described(project.settings, env, state, cluster.error_rate(state.release))


def described(settings: Settings, env: str, state: State, rate: float | None) -> Standing:
    """One environment from what was seen of it."""
    rolling_out = bool(state.canary and state.doing)
    return Standing(
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


def as_json(found: list[Standing]) -> str:
    """For programs."""
    return json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False)


def show(found: list[Standing]) -> None:
    """For people."""
    table = Table()
    for head in HEAD:
        table.add_column(head, overflow="fold")
    for each in found:
        table.add_row(*each.row())
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=LOG_WIDTH)
    console.print(table)
