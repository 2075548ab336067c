"""`delivery report`: what git, the cluster and the notebook know about an environment's last deployment."""

import json

from delivery import analysis, history
from delivery.applying import deployments, on_main
from delivery.attribution import Change
from delivery.environments import checked
from delivery.errors import DeliveryError, NothingToDoError
from delivery.git import Commit
from delivery.history import Deployment
from delivery.kubectl import KINDS, Object
from delivery.notebook import Notebook, stamp
from delivery.project import Project
from delivery.releasing import Say
from delivery.report import merging, record, render
from delivery.rollout import State

EVERYTHING = f"{KINDS},jobs.batch,pods,services"
MANY = 50  # commits that a report lists


def report(project: Project, env: str, say: Say, *, tag: str | None = None, push: bool) -> tuple[str, bool]:
    """Write the report of the last deployment, or of a tag's last, and its record.

    The report's path, and whether it is new.
    """
    now = on_main(project, checked(env))
    deployed = history.of(env, deployments(project, now.commit))
    wanted = [each for each in deployed if tag is None or each.tag == tag]
    if not wanted:
        what = f"no deployment of {tag} to {env}" if tag else f"no deployment of {env}"
        raise NothingToDoError(f"git knows {what}, there is nothing to report")
    last = wanted[0]
    earlier = deployed[deployed.index(last) + 1 :]
    before = earlier[0] if earlier else None
    source = project.git.resolve(last.source) if last.source else ""
    version = record.version(project.git.read(source, "vote/pyproject.toml") if source else None)
    path = record.path(last, version, deployed)
    seen = observed(project, last, before, version, say)
    if push:
        return path, bool(project.git.publish(lambda tip: _commit(project, tip, path, seen), project.hands))
    kept = project.root / record.beside(path)
    files = written(path, seen, kept.read_text(encoding="utf-8") if kept.exists() else None)
    for name, text in files.items():
        if project.hands.dry_run:
            project.hands.say(text)
        else:
            (project.root / name).parent.mkdir(exist_ok=True)
            (project.root / name).write_text(text, encoding="utf-8")
    return path, True


def observed(
    project: Project, last: Deployment, before: Deployment | None, version: str, say: Say
) -> record.Record:
    """The record of a deployment, as far as anybody can still say."""
    cluster = project.cluster(last.env)
    objects: list[Object] = []
    events: list[Object] = []
    try:
        objects, events = cluster.objects(EVERYTHING), cluster.objects("events")
    except DeliveryError as error:
        say(f"the cluster says nothing about {last.env}: {error}")
    since = stamp(last.at)
    notebook = Notebook.of(project.notes, last.env, last.tag, since)
    state = State.read(objects)
    release = notebook.release or (state.release if state and state.tag == last.tag else "")
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
        notebook=notebook,
        objects=[each for each in objects if release and release in str(each["metadata"])],
        events=events,
    )


def current(state: State | None, release: str) -> str:
    """The revision of a release that is the newest one; empty for any other."""
    return state.revision if state and state.release == release else ""


def changes(project: Project, source: str, before: str = "", *, limit: int = MANY) -> list[Change]:
    """The commits up to a deployment's source, after an earlier one's; none of those that git has lost."""
    ends = [project.git.resolve(each) for each in (source, before) if each]
    if not source or not all(ends):
        return []
    return project.git.changes(ends[0], *(f"^{each}" for each in ends[1:]), limit=limit)


def written(path: str, seen: record.Record, kept: str | None) -> dict[str, str]:
    """The two files of a report, completed by what an earlier report of the same deployment saw."""
    whole = merging.merged(json.loads(kept) if kept else None, seen)
    text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    return {path: render.markdown(whole), record.beside(path): text}


def _commit(project: Project, tip: str, path: str, seen: record.Record) -> Commit | None:
    files = written(path, seen, project.git.read(tip, record.beside(path)))
    if all(project.git.read(tip, name) == text for name, text in files.items()):
        return None
    env, tag = seen["environment"], seen["tag"]
    return Commit(files, f"docs({env}): report of {tag}, {seen['outcome']}\n")
