"""`delivery init`: updates every file of a fork to match its delivery.toml."""

import re
from collections.abc import Iterator
from typing import Annotated

import typer

from delivery.commands.options import DryRun, say
from delivery.domain import renaming
from delivery.domain.errors import NothingToDoError
from delivery.domain.settings import FILE
from delivery.steps.project import Project

# Records of the past keep their names, tests use made-up names, and code reads delivery.toml.
KEPT = re.compile(r"(CHANGELOG\.md|LICENSE)$|\.deployments/2|(.*/)?(tests|e2e)/|.*\.py$")
PICTURES = (".gif", ".jpg", ".png", ".svg", ".webp")  # pictures are not changed


def command(
    *,
    name: Annotated[str, typer.Option(help="prefix of namespaces, hosts and workflows")] = "",
    registry: Annotated[str, typer.Option(help="images are REGISTRY/vote, ...")] = "",
    base_domain: Annotated[str, typer.Option(help="pages are https://vote-NAME-ENV.BASE_DOMAIN")] = "",
    repository: Annotated[str, typer.Option(help="OWNER/NAME on GitHub")] = "",
    cluster: Annotated[str, typer.Option(help="name of the cluster in EKS, kind or your kubeconfig")] = "",
    region: Annotated[str, typer.Option(help="AWS only")] = "",
    connect: Annotated[str, typer.Option(help="aws, kubeconfig or kind")] = "",
    platforms: Annotated[str, typer.Option(help="linux/amd64, linux/arm64, or both")] = "",
    dry_run: DryRun = False,
) -> None:
    """Configure a fork: write delivery.toml, and update every other file to match."""
    given = {
        "name": name,
        "registry": registry,
        "base_domain": base_domain,
        "repository": repository,
        "cluster": cluster,
        "region": region,
        "connect": connect,
        "platforms": platforms,
    }
    changed = init(Project.here(dry_run=dry_run), {key: value for key, value in given.items() if value})
    say(f"{len(changed)} files {'would change' if dry_run else 'changed'}; check git diff, then commit")


def init(project: Project, given: dict[str, str]) -> list[str]:
    """Rewrite files that repeat the settings, and rename those with the old name; returns the changed paths.

    A setting that is not given stays, with the new name instead of the old one. A registry on GHCR follows
    the repository, and a registry on AWS sets connect = aws.
    """
    old = project.settings
    new = renaming.completed(old, given)
    branch = project.git.branch
    files = dict(tracked(project))
    if new.name not in (old.name, renaming.EXAMPLE):
        renaming.require_unused(new.name, files, old)
    changed = []
    for path, before in files.items():
        after, target = renaming.rewritten(path, before, old, new, branch), renaming.renamed(path, old, new)
        if after == before and target == path:
            continue
        changed.append(target)
        project.runner.say(f"{path} -> {target}" if target != path else f"{path} changes")
        if not project.runner.dry_run:
            if target != path:
                (project.root / target).parent.mkdir(parents=True, exist_ok=True)
                project.git("mv", path, target)
            if after != before:
                (project.root / target).write_text(after, encoding="utf-8")
    if not changed:
        raise NothingToDoError(f"nothing to change: every file matches {FILE}")
    return changed


def tracked(project: Project) -> Iterator[tuple[str, str]]:
    """The tracked files that a fork changes, with their text; pictures have none."""
    for path in project.git("ls-files", "-z").split("\0"):
        file = project.root / path
        if not path or KEPT.match(path) or not file.is_file() or file.is_symlink():
            continue
        try:
            yield path, "" if path.endswith(PICTURES) else file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            yield path, ""
