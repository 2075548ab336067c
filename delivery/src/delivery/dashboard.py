"""`delivery landscape`: the dashboard from git's history, and from the cluster where it answers."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from delivery import history, landscape, overlay
from delivery.applying import deployments, on_main
from delivery.environments import ORDER
from delivery.errors import ConfigurationError, DeliveryError
from delivery.git import Commit
from delivery.history import Deployment
from delivery.project import Project
from delivery.releasing import Say
from delivery.report import record
from delivery.rollout import State

README = "README.md"


def renew(project: Project, say: Say, *, push: bool, offline: bool) -> bool:
    """Write the dashboard into README.md, on main or in this checkout; whether that changed it."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    tip = project.git.fetch()

    def phases() -> dict[str, str]:
        return {} if offline else live(project, say)

    if push:  # the phases are asked again with each attempt: whoever was quicker may have changed one
        return bool(project.git.publish(lambda tip: _commit(project, tip, phases(), now), project.hands))
    file = project.root / README
    before = file.read_text(encoding="utf-8")
    after = renewed(project, tip, before, phases(), now)
    if project.hands.dry_run:
        project.hands.say(after)
    elif after != before:
        file.write_text(after, encoding="utf-8")
    return after != before


def _commit(project: Project, tip: str, phases: dict[str, str], now: datetime) -> Commit | None:
    before = project.git.read(tip, README)
    if before is None:
        raise ConfigurationError(f"{project.git.branch} has no {README}; the dashboard has no place")
    after = renewed(project, tip, before, phases, now)
    return None if after == before else Commit({README: after}, "docs: renew the deployment dashboard\n")


def renewed(project: Project, tip: str, readme: str, phases: dict[str, str], now: datetime) -> str:
    """README with the dashboard as of a commit; as it is if only relative times would move."""
    drawn = dashboard(project, tip, phases)
    then = landscape.updated(readme)
    if then is not None and landscape.replaced(readme, drawn(then)) == readme:
        return readme
    return landscape.replaced(readme, drawn(now))


def dashboard(project: Project, tip: str, phases: dict[str, str]) -> Callable[[datetime], str]:
    """The dashboard as of a commit of main, as it reads at a time."""
    deployed = deployments(project, tip)
    reports = written(project, tip, deployed)
    previews = [env for env in ORDER if overlay.strategy(on_main(project, env, tip).text) == "blue-green"]
    last = {env: recorded(project, tip, reports, history.of(env, deployed)) for env in ORDER}
    known = {env: phases.get(env) or last[env] for env in ORDER}
    return lambda now: landscape.dashboard(
        project.settings, deployed, phases=known, previews=previews, reports=reports, now=now
    )


def live(project: Project, say: Say) -> dict[str, str]:
    """The phases that the cluster shows now; nothing of environments that it does not have."""
    found = {}
    for env in ORDER:
        cluster = project.cluster(env)
        try:
            cluster.require()
            state = State.read(cluster.objects())
        except DeliveryError as error:
            say(f"{env}'s phase is the last one reported: {error}")
            continue
        if state is not None:
            found[env] = state.shown
    return found


def written(project: Project, tip: str, deployed: Iterable[Deployment]) -> dict[str, str]:
    """The reports on main, by the commits of their deployments."""
    paths = project.git("ls-tree", "-r", "--name-only", tip, "--", record.FOLDER).splitlines()
    return record.found(deployed, paths)


def recorded(project: Project, tip: str, reports: dict[str, str], deployed: Iterable[Deployment]) -> str:
    """The phase that the last deployment's report ended with; empty if it has none."""
    last = next(iter(deployed), None)
    path = reports.get(last.commit, "") if last else ""
    said = project.git.read(tip, record.beside(path)) if path else None
    try:
        return str(json.loads(said or "{}").get("outcome", ""))
    except (ValueError, AttributeError):  # somebody edited it
        return ""
