"""The dashboard between two marks of README.md: who deployed what, where and when, and its status."""

import contextlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial

import humanize

from delivery.domain.errors import ConfigurationError
from delivery.domain.history import Deployment, of
from delivery.domain.settings import Settings
from delivery.domain.tags import SHORT
from delivery.output.markdown import render

BEGIN, END = "<!-- deployments:begin -->", "<!-- deployments:end -->"
SHOWN = 5  # deployments of an environment
TIME = "%Y-%m-%d %H:%M UTC"
UPDATED = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d UTC$", re.MULTILINE)
MARKS = re.compile(f"^{re.escape(BEGIN)}$.*?^{re.escape(END)}$", re.MULTILINE | re.DOTALL)


def replaced(readme: str, dashboard: str) -> str:
    """README with this dashboard between the two marks, each of which must occur once, on its own line."""
    marks = [readme.count(BEGIN), readme.count(END)]
    if marks != [1, 1] or not MARKS.search(readme):
        raise ConfigurationError(
            f"README.md needs one line {BEGIN} and after it one line {END}; the dashboard goes between them"
        )
    return MARKS.sub(lambda _: f"{BEGIN}\n{dashboard.strip()}\n{END}", readme)


def updated(readme: str) -> datetime | None:
    """When the dashboard in README was last updated; None if it has no time."""
    dashboard = MARKS.search(readme)
    time = UPDATED.search(dashboard[0]) if dashboard else None
    with contextlib.suppress(ValueError):  # somebody edited it
        return datetime.strptime(time[0], TIME).replace(tzinfo=UTC) if time else None
    return None


def dashboard(
    settings: Settings,
    deployed: Iterable[Deployment],
    *,
    phases: Mapping[str, str],
    previews: Iterable[str],
    reports: Mapping[str, str],
    now: datetime,
) -> str:
    """The dashboard as Markdown.

    `phases` has the last known phase of each environment, `previews` the environments with a preview, and
    `reports` the paths of reports by deployment commit.
    """
    found = list(deployed)
    return render(
        "dashboard.md.j2",
        settings=settings,
        environments=[(env, of(env, found)[:SHOWN]) for env in settings.env_names],
        phases=phases,
        previews=set(previews),
        reports=reports,
        shown=SHOWN,
        short=SHORT,
        ago=partial(ago, now=now),
        updated=f"{now.astimezone(UTC):{TIME}}",
    )


def ago(at: datetime, now: datetime) -> str:
    """The time since then, in words."""
    return humanize.naturaltime(max(now - at, now - now))
