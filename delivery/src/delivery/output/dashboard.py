"""The dashboard between two marks of README.md: who deployed what, where, when, and how that went."""

import contextlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import humanize

from delivery.domain.errors import ConfigurationError
from delivery.domain.history import Deployment, of
from delivery.domain.settings import Settings
from delivery.domain.tags import SHORT
from delivery.output import workflow_links
from delivery.output.markdown import code, table, text

BEGIN, END = "<!-- deployments:begin -->", "<!-- deployments:end -->"
SHOWN = 5  # deployments of an environment
UPDATED = "Last updated: "
TIME = "%Y-%m-%d %H:%M UTC"
MARKS = re.compile(f"^{re.escape(BEGIN)}$.*?^{re.escape(END)}$", re.MULTILINE | re.DOTALL)


def replaced(readme: str, dashboard: str) -> str:
    """README with this dashboard between the two marks, which stand once, each on a line of its own."""
    marks = [readme.count(BEGIN), readme.count(END)]
    if marks != [1, 1] or not MARKS.search(readme):
        raise ConfigurationError(
            f"README.md needs one line {BEGIN} and after it one line {END}; the dashboard goes between them"
        )
    return MARKS.sub(lambda _: f"{BEGIN}\n{dashboard.strip()}\n{END}", readme)


def updated(readme: str) -> datetime | None:
    """When the dashboard in README was last updated; None if it does not say."""
    dashboard = MARKS.search(readme)
    lines = dashboard[0].splitlines() if dashboard else []
    for line in lines:
        if line.startswith(UPDATED):
            with contextlib.suppress(ValueError):  # somebody edited it
                return datetime.strptime(line.removeprefix(UPDATED), TIME).replace(tzinfo=UTC)
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
    """The dashboard's Markdown.

    `phases` are each environment's as it was last seen, `previews` the environments with a preview,
    and `reports` the reports' paths by deployment commit.
    """
    found = list(deployed)
    previews = set(previews)
    rows = [
        row(
            settings,
            env,
            of(env, found),
            phases.get(env, ""),
            preview=env in previews,
            reports=reports,
            now=now,
        )
        for env in settings.env_names
    ]
    head = [
        "Environment",
        "Pages",
        "Phase",
        "Runs",
        "Last deployed",
        "By",
        f"Last {SHOWN} deployments",
        "Workflows",
    ]
    more = f"[Promote]({workflow_links.promote(settings)}) · [Roll back]({workflow_links.rollback(settings)})"
    renew = f"[Renew]({workflow_links.landscape(settings)})"
    return f"{table(head, rows)}\n{more} · {renew}\n\n{UPDATED}{now.astimezone(UTC):{TIME}}\n"


def row(
    settings: Settings,
    env: str,
    deployed: list[Deployment],
    phase: str,
    *,
    preview: bool,
    reports: Mapping[str, str],
    now: datetime,
) -> list[str]:
    """One environment."""
    pages = [f"[vote]({settings.url(env)})", f"[result]({settings.url(env, 'result')})"]
    runs = [f"[Deploy]({workflow_links.deploy(settings, env)})"]
    if preview:
        pages.insert(1, f"[preview]({settings.url(env, 'vote-preview')})")
        runs.append(f"[Promote preview]({workflow_links.promote_rollout(settings, env)})")
    name, links = f"**{env.upper()}**", "<br>".join(runs)
    if not deployed:
        return [name, "<br>".join(pages), "", "", "never", "", "", links]
    last = deployed[0]
    return [
        name,
        "<br>".join(pages),
        text(phase) or "not known",
        code(last.tag),
        ago(last.at, now),
        people(last) + button(last),
        "<br>".join(bullet(settings, each, reports.get(each.commit, ""), now) for each in deployed[:SHOWN]),
        links,
    ]


def bullet(settings: Settings, deployment: Deployment, report: str, now: datetime) -> str:
    """One deployment: short tag, how long ago, by whom, and where to read more."""
    commit = f"{settings.github}/commit/{deployment.commit}"
    links = [f"[run]({deployment.run_url})"] if deployment.run_url else []
    links += [f"[report]({report})"] if report else []
    what = " rollback" if deployment.rollback_of else ""
    more = "".join(f" · {link}" for link in links)
    tag = f"[{code(deployment.tag[:SHORT])}]({commit})"
    return f"• {tag}{what} ({ago(deployment.at, now)}) by _{people(deployment)}_{button(deployment)}{more}"


def people(deployment: Deployment) -> str:
    """Who made what was deployed."""
    return ", ".join(text(each.name) for each in deployment.people) or "not known"


def button(deployment: Deployment) -> str:
    """Who promoted it or rolled it back, after those who made it."""
    return f", {text(deployment.button)}" if deployment.button else ""


def ago(at: datetime, now: datetime) -> str:
    """How long ago that was."""
    return humanize.naturaltime(max(now - at, now - now))
