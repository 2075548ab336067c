"""`delivery init`: every file of a fork brought in line with its delivery.toml."""

import re
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from delivery.config import FILE, Settings
from delivery.docker import SERVICES
from delivery.errors import NothingToDoError
from delivery.project import Project

KEPT = ("CHANGELOG.md", "LICENSE", ".deployments/2")  # what happened keeps its names
ECR = re.compile(r"\.amazonaws\.com(/|$)")
PORT_INDEX = re.compile(r'(options: \{delimiter: ":", index: )\d\}')


def init(project: Project, given: dict[str, str]) -> list[str]:
    """Rewrite every tracked text file, rename those that carry the old name; the paths that changed.

    A setting that is not given stays, with the new name where it had the old one; a registry of AWS
    brings its cluster's connection with it.
    """
    old = project.settings
    name = given.get("name", old.name)
    if ECR.search(given.get("registry", "")):
        given = {"connect": "aws"} | given
    new = Settings.checked({key: value.replace(old.name, name) for key, value in asdict(old).items()} | given)
    if new == old:
        raise NothingToDoError(f"{FILE} says all that already")
    changed = []
    for path in project.git("ls-files", "-z").split("\0"):
        file = project.root / path
        if not path or path.startswith(KEPT) or not file.is_file() or file.is_symlink():
            continue
        try:
            before = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        after, target = rewritten(path, before, old, new), renamed(path, old, new)
        if after == before and target == path:
            continue
        changed.append(target)
        project.hands.say(f"{path} -> {target}" if target != path else f"{path} changes")
        if not project.hands.dry_run:
            if target != path:
                (project.root / target).parent.mkdir(parents=True, exist_ok=True)
                project.git("mv", path, target)
            (project.root / target).write_text(after, encoding="utf-8")
    if ruff := shutil.which("ruff", path=str(Path(sys.executable).parent)):
        tidy(project, ruff)
    return changed


def renamed(path: str, old: Settings, new: Settings) -> str:
    """A path with the new name in place of the old."""
    return path.replace(old.name, new.name)


def rewritten(path: str, text: str, old: Settings, new: Settings) -> str:
    """A file's text with the new settings in place of the old.

    Registry and addresses come before the name, which may be part of them. Text that only looks like
    an old address, as `localhost` in a test, stays.
    """
    if path == FILE:
        return settings_text(text, new)
    for service in SERVICES:
        text = re.sub(rf"{re.escape(old.registry)}/{service}\b", f"{new.registry}/{service}", text)
    text = text.replace(f"{old.github}", new.github)
    for old_host, new_host in hosts(old, new):
        address = rf"((?:vote|result)-{re.escape(old.name)}-[a-z]+(?:-[a-z]+)?)\.{re.escape(old_host)}"
        text = re.sub(rf"{address}(?![\w:.-])", rf"\1.{new_host}", text)
    if path.startswith("k8s/transformers/"):
        # The tag follows the last colon of the image's name: a registry with a port brings one more.
        text = PORT_INDEX.sub(rf"\g<1>{2 if ':' in new.registry else 1}}}", text)
    return text.replace(old.name, new.name)


def hosts(old: Settings, new: Settings) -> Iterable[tuple[str, str]]:
    """What stands behind a page's name: in addresses with the port, in an Ingress without."""
    yield old.base_domain, new.base_domain
    yield old.base_domain.partition(":")[0], new.base_domain.partition(":")[0]


def settings_text(text: str, new: Settings) -> str:
    """delivery.toml with other values; its comments stay, and a key that it lacks comes at its end."""
    for key, value in asdict(new).items():
        line = f'{key} = "{value}"'
        text, found = re.subn(rf'^{key} = "[^"]*" *(?=#|$)', _padded(line), text, flags=re.MULTILINE)
        if not found:
            text = f"{text.rstrip()}\n{line}\n"
    return text


def _padded(line: str) -> Callable[[re.Match[str]], str]:
    """The line as wide as the one that it replaces, so that comments stay in their column."""
    return lambda found: line.ljust(len(found[0]) - 1) + " " if found[0].endswith(" ") else line


def tidy(project: Project, ruff: str) -> None:
    """Format the Python files again: lines have other lengths now."""
    project.hands.change(ruff, "check", "--quiet", "--fix", "--exit-zero", ".", cwd=project.root)
    project.hands.change(ruff, "format", "--quiet", ".", cwd=project.root)
