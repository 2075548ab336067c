"""`delivery report`: reports an environment's last deployment from git, cluster and observation log."""

import json
from typing import Annotated

import typer

from delivery.adapters.kubectl import KINDS
from delivery.commands.options import DryRun, Env, Tag, say
from delivery.domain import analysis
from delivery.domain.attribution import Change
from delivery.domain.commits import Commit
from delivery.domain.errors import DeliveryError, NothingToDoError
from delivery.domain.history import Deployment
from delivery.domain.objects import Object
from delivery.domain.observation_log import ObservationLog, stamp
from delivery.domain.report import merging, record
from delivery.domain.rollout import State
from delivery.output.report import markdown
from delivery.steps.deployment import Say
from delivery.steps.desired_state import DesiredState
from delivery.steps.project import Project

EVERYTHING = f"{KINDS},jobs.batch,pods,services"
MANY = 50  # the most commits that a report lists


def command(
    env: Env,
    image_tag: Tag = None,
    push: Annotated[bool, typer.Option("--push", help="commit it on origin's default branch")] = False,
    dry_run: DryRun = False,
) -> None:
    """Write the report of an environment's last deployment, and its record as JSON."""
    project = Project.here(dry_run=dry_run)
    path, changed = report(project, env, say, tag=image_tag, push=push)
    say(path)
    project.output(report=path, record=record.beside(path), changed=str(changed).lower())


def report(project: Project, env: str, say: Say, *, tag: str | None = None, push: bool) -> tuple[str, bool]:
    """Write the report and the record of the last deployment, or of the last one of a tag.

    Returns the report's path, and whether anything has changed.
    """
    desired = DesiredState.now(project)
    deployed = desired.of(project.settings.environment(env).name)
    wanted = [each for each in deployed if tag is None or each.tag == tag]
    if not wanted:
        what = f"no deployment of {tag} to {env}" if tag else f"no deployment of {env}"
        raise NothingToDoError(f"git has {what}; there is nothing to report")
    last = wanted[0]
    before = next(iter(deployed[deployed.index(last) + 1 :]), None)
    source = project.git.resolve(last.source) if last.source else ""
    version = record.version(project.git.read(source, "vote/pyproject.toml") if source else None)
    path = record.path(last, version, deployed)
    seen = observed(project, last, before, version, say)
    if push:
        made = project.git.publish(
            lambda tip: _commit(project, tip, path, seen), project.runner, tip=desired.commit
        )
        return path, bool(made)
    kept = project.root / record.beside(path)
    files = written(path, seen, kept.read_text(encoding="utf-8") if kept.exists() else None)
    for name, text in files.items():
        if project.runner.dry_run:
            project.runner.say(text)
        else:
            (project.root / name).parent.mkdir(exist_ok=True)
            (project.root / name).write_text(text, encoding="utf-8")
    return path, True


def observed(
    project: Project, last: Deployment, before: Deployment | None, version: str, say: Say
) -> record.Record:
    """The record of a deployment, as far as the data is still available."""
    objects, events = found(project, last.env, say)
    since = stamp(last.at)
    log = ObservationLog.of(project.notes, last.env, last.tag, since)
    state = State.read(objects)
    release = log.release or (state.release if state and state.tag == last.tag else "")
    subjects = changes(project, last.source, limit=1)
    between = changes(project, last.source, before.source) if before and before.source else []
    return record.build(
        project.settings,
        last,
        before=before,
        version=version,
        changes=between,
        subject=subjects[0].subject if subjects else "",
        state=state,
        runs=analysis.runs(objects, release, revision=current(state, release)) if release else [],
        log=log,
        objects=[each for each in objects if release and release in str(each["metadata"])],
        events=events,
    )


def found(project: Project, env: str, say: Say) -> tuple[list[Object], list[Object]]:
    """The objects and events of an environment; none if the cluster does not answer."""
    cluster = project.cluster(env)
    try:
        return cluster.objects(EVERYTHING), cluster.objects("events")
    except DeliveryError as error:
        say(f"cannot read {env} from the cluster: {error}")
        return [], []


def current(state: State | None, release: str) -> str:
    """The revision of a release if it is the newest one; otherwise empty."""
    return state.revision if state and state.release == release else ""


def changes(project: Project, source: str, before: str = "", *, limit: int = MANY) -> list[Change]:
    """The commits between the sources of two deployments; empty if git no longer has one of them."""
    ends = [project.git.resolve(each) for each in (source, before) if each]
    if not source or not all(ends):
        return []
    return project.git.changes(ends[0], *(f"^{each}" for each in ends[1:]), limit=limit)


def written(path: str, seen: record.Record, kept: str | None) -> dict[str, str]:
    """The two files of a report, merged with an earlier report of the same deployment."""
    whole = merging.merged(json.loads(kept) if kept else None, seen)
    text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    return {path: markdown(whole), record.beside(path): text}


def _commit(project: Project, tip: str, path: str, seen: record.Record) -> Commit | None:
    files = written(path, seen, project.git.read(tip, record.beside(path)))
    if all(project.git.read(tip, name) == text for name, text in files.items()):
        return None
    env, tag = seen["environment"], seen["tag"]
    return Commit(files, f"docs({env}): report of {tag}, {seen['outcome']}\n")
