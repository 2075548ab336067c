"""`delivery env`: adds, removes or renames an environment in delivery.toml and all dependent files."""

import difflib
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

import typer

from delivery.commands.options import DryRun, say
from delivery.domain import environments, renaming
from delivery.domain.environments import Environment
from delivery.domain.errors import ConfigurationError
from delivery.domain.settings import FILE, Settings
from delivery.output import environment
from delivery.steps.project import Project

Texts = Mapping[str, str | None]  # by path; None means that the file is deleted


def command(
    action: Annotated[Literal["add", "remove", "rename"], typer.Argument(help="add, remove or rename")],
    name: Annotated[str, typer.Argument(help="the environment")],
    to: Annotated[str, typer.Argument(help="rename: its new name")] = "",
    *,
    after: Annotated[str, typer.Option(help="add: the environment before it; default: the last one")] = "",
    strategy: Annotated[str, typer.Option(help="add: rolling, canary or blue-green")] = "rolling",
    replicas: Annotated[int, typer.Option(help="add: pods of vote")] = 5,
    traffic: Annotated[bool, typer.Option(help="add: synthetic voters, so that analyses have data")] = True,
    yes: Annotated[bool, typer.Option("--yes", help="write the changes without asking")] = False,
    dry_run: DryRun = False,
) -> None:
    """Add, remove or rename an environment: shows the diff, then writes every file that depends on it."""
    project = Project.here()
    settings = project.settings
    if action == "add":
        new = {"name": name, "strategy": strategy, "replicas": replicas, "traffic": traffic}
        changed = add(project, Environment.checked(new), after or settings.env_names[-1])
    elif action == "remove":
        changed = remove(project, name)
    else:
        changed = rename(project, name, to)
    print(diff(project, changed), end="")
    if dry_run:
        return
    if not yes and not (sys.stdin.isatty() and typer.confirm("Write these changes?")):
        raise ConfigurationError("nothing was written; confirm, or use --yes")
    write(project, changed)
    say(f"{len(changed)} files changed; commit and push them, then: kubectl apply -k k8s/platform")


def add(project: Project, new: Environment, after: str) -> Texts:
    """The changed files with another environment."""
    known = project.settings.environments
    settings = replace(
        project.settings,
        environments=environments.added(known, new, project.settings.environment(after).name),
    )
    return listed(project, settings) | environment.own(settings, new, project.git.branch)


def remove(project: Project, name: str) -> Texts:
    """The changed files without an environment."""
    old = project.settings.environment(name)
    settings = replace(
        project.settings, environments=environments.removed(project.settings.environments, name)
    )
    return dict.fromkeys(own(project, old)) | listed(project, settings)


def rename(project: Project, name: str, to: str) -> Texts:
    """The changed files with an environment renamed; its overlay keeps the deployed images."""
    old = project.settings.environment(name)
    known = environments.renamed(project.settings.environments, name, to)
    texts = own(project, old)
    word = renaming.word(name)
    upper = renaming.word(name.upper())
    moved = {word.sub(to, path): upper.sub(to.upper(), word.sub(to, text)) for path, text in texts.items()}
    return dict.fromkeys(texts) | moved | listed(project, replace(project.settings, environments=known))


def own(project: Project, env: Environment) -> dict[str, str]:
    """The text of each file that belongs to one environment, by path."""
    paths = list(environment.own(project.settings, env, ""))
    folders = {path.rpartition("/")[0] for path in paths if path.startswith("k8s/")}
    found = [path for folder in folders for path in (project.root / folder).rglob("*") if path.is_file()]
    found += [project.root / path for path in paths if not path.startswith("k8s/")]
    return {
        str(path.relative_to(project.root)): path.read_text(encoding="utf-8")
        for path in found
        if path.is_file()
    }


def listed(project: Project, settings: Settings) -> dict[str, str | None]:
    """delivery.toml and the files that list all environments, with those of the settings."""
    given = {path: text(project, path) for path in environment.listing(settings)}
    return {FILE: renaming.settings_text(text(project, FILE), settings), **environment.lists(settings, given)}


def text(project: Project, path: str) -> str:
    """The text of a file in this checkout."""
    try:
        return (project.root / path).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error


def diff(project: Project, changed: Texts) -> str:
    """The changes as a unified diff."""
    shown: list[str] = []
    for path, after in sorted(changed.items()):
        before = text(project, path) if (project.root / path).exists() else None
        names = ["/dev/null" if each is None else path for each in (before, after)]
        old, new = ((each or "").splitlines(keepends=True) for each in (before, after))
        shown += difflib.unified_diff(old, new, names[0], names[1])
    return "".join(shown)


def write(project: Project, changed: Texts) -> None:
    """Write and delete the files, and delete folders that become empty."""
    for path, after in changed.items():
        file = project.root / path
        if after is None:
            file.unlink(missing_ok=True)
            if not any(file.parent.iterdir()):
                file.parent.rmdir()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(after, encoding="utf-8")
