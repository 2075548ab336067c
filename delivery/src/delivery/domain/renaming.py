"""Rewrites files of this repository with the settings of a fork."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict

from delivery.domain.errors import ConfigurationError
from delivery.domain.services import SERVICES
from delivery.domain.settings import FILE, SHAPES, Settings

EXAMPLE = "acme"  # the name of a fork in documents
FOLLOWING = ("registry", "repository", "base_domain", "cluster")  # settings that may contain the name
ECR = re.compile(r"\.amazonaws\.com(/|$)")
WORKFLOWS = ".github/workflows/"
PUSHES = re.compile(r"^( +branches: )\[[^]]*\]$", re.MULTILINE)
PORT_INDEX = re.compile(r'(options: \{delimiter: ":", index: )\d\}')


def require_unused(name: str, files: Mapping[str, str], old: Settings) -> None:
    """Return if no file contains this name as a word outside the current settings.

    Otherwise a later rename could not distinguish the name from the word.
    """
    for path, text in files.items():
        others = addresses(old).sub("", "" if path == FILE else text)
        if word(name).search(others) or word(name).search(path):
            raise ConfigurationError(
                f"--name {name}: {path} uses this word for something else, and a later rename "
                "could not tell them apart; take another name"
            )


def completed(old: Settings, given: dict[str, str]) -> Settings:
    """The given settings, those derived from them, and the old ones for the rest."""
    name = given.get("name", old.name)
    if "repository" in given and old.registry == packages(old.repository):
        given = {"registry": packages(given["repository"])} | given
    if ECR.search(given.get("registry", "")):
        given = {"connect": "aws"} | given
    following = {key: word(old.name).sub(name, getattr(old, key)) for key in FOLLOWING}
    kept = {key: getattr(old, key) for key in SHAPES}
    environments = [asdict(each) for each in old.environments]
    return Settings.checked(kept | following | given | {"environments": environments})


def packages(repository: str) -> str:
    """The registry of a repository's packages on GHCR, with the repository's name so that it is unique."""
    return f"ghcr.io/{repository.lower()}"


def renamed(path: str, old: Settings, new: Settings) -> str:
    """A path with the new name instead of the old one."""
    return word(old.name).sub(new.name, path)


def rewritten(path: str, text: str, old: Settings, new: Settings, branch: str = "") -> str:
    """A file's text with the new settings, and workflows that start on pushes to the default branch.

    URLs of pages change only in manifests: elsewhere they are those of `make cluster`, which stay on
    *.localhost. Text that only resembles an old URL, such as `localhost` in a test, stays.
    """
    if path == FILE:
        return settings_text(text, new)

    def replaced(found: re.Match[str]) -> str:
        if found["service"]:
            return f"{new.registry}/{found['service']}"
        if found["github"]:
            return new.github
        if found["page"] and path.endswith(".yaml"):
            host = new.base_domain if found["url"] or ":" in found["host"] else new.hostname
            return f"{found['url']}{found['page']}-{new.name}-{found['env']}.{host}"
        return word(old.name).sub(new.name, found[0])

    # URLs and images first, because they may contain the name.
    text = re.sub(f"{addresses(old).pattern}|{word(old.name).pattern}", replaced, text)
    if branch and path.startswith(WORKFLOWS):
        text = PUSHES.sub(rf"\g<1>[{branch}]", text)
    if path.startswith("k8s/transformers/"):
        # The tag follows the last colon of the image's name, and a registry with a port has one more colon.
        text = PORT_INDEX.sub(rf"\g<1>{2 if ':' in new.registry else 1}}}", text)
    return text


def word(name: str) -> re.Pattern[str]:
    """Matches the name as a whole word: `app` in app-qa, but not in apply."""
    return re.compile(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])")


def addresses(of: Settings) -> re.Pattern[str]:
    """Matches images, the repository's URL, and pages."""
    host = "|".join(re.escape(each) for each in (of.base_domain, of.hostname))
    image = rf"(?<![\w./-]){re.escape(of.registry)}/(?P<service>{'|'.join(SERVICES)})\b"
    github = rf"(?P<github>{re.escape(of.github)})(?![\w-])"
    page = rf"(?P<page>vote|result)-{re.escape(of.name)}-(?P<env>[a-z0-9-]+)\.(?P<host>{host})"
    return re.compile(rf"{image}|{github}|(?P<url>(?:://)?)\b{page}(?![\w:-]|\.\w)")


def settings_text(text: str, new: Settings) -> str:
    """delivery.toml with other values; comments stay, and missing keys are appended."""
    for key, line in new.lines().items():
        value = r"\[\n(?:.*\n)*?\]" if line.endswith("]") else r'"[^"]*"'
        text, found = re.subn(rf"^{key} = {value} *(?=#|$)", _padded(line), text, flags=re.MULTILINE)
        if not found:
            text = f"{text.rstrip()}\n{line}\n"
    return text


def _padded(line: str) -> Callable[[re.Match[str]], str]:
    """The line padded to the width of the old one, so that comments stay in their column."""
    return lambda found: line.ljust(len(found[0]) - 1) + " " if found[0].endswith(" ") else line
