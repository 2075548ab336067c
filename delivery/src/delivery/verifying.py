"""`delivery verify`: every overlay as kustomize renders it, held to our policies and to delivery.toml."""

from pathlib import Path
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from delivery import docker, overlay, policies
from delivery.config import Settings
from delivery.errors import ConfigurationError
from delivery.kubectl import Object, named
from delivery.programs import ToolError, run
from delivery.project import Project


def broken(project: Project, env: str) -> list[str]:
    """What an environment of this checkout breaks, each with the policy's name."""
    objects = rendered(project, env)
    found = [
        f"{env}: {policy.__name__.replace('_', ' ')}: {each}"
        for policy in policies.ALL
        for each in policy(objects)
    ]
    text = (project.root / overlay.path(env)).read_text(encoding="utf-8")
    return found + [f"{env}: {each}" for each in strays(project.settings, env, text, objects)]


def rendered(project: Project, env: str) -> list[Object]:
    """The objects of an environment."""
    folder = (project.root / overlay.path(env)).parent
    if not folder.is_dir():
        raise ConfigurationError(f"there is no {folder.relative_to(project.root)} in this checkout")
    try:
        return kustomized(folder)
    except ToolError as error:
        raise ConfigurationError(f"{env} cannot be rendered; {error}") from error


def kustomized(folder: Path) -> list[Object]:
    """The objects of a folder, as kustomize renders them."""
    text = run("kubectl", "kustomize", str(folder))
    return [each for each in YAML(typ="safe").load_all(text) if each is not None]


def strays(settings: Settings, env: str, text: str, objects: list[Object]) -> list[str]:
    """Where an overlay does not say what delivery.toml says."""
    names = docker.names(settings)
    wrong = [
        f"images: {each.name} is not {names[service]}"
        for service, each in overlay.images(text).items()
        if each.name != names[service]
    ]
    wrong += [
        f"{each['kind']} {each['metadata']['name']} is not in {settings.namespace(env)}"
        for each in objects
        if each["metadata"].get("namespace") != settings.namespace(env)
    ]
    for each in named(objects, "Ingress"):
        page = each["metadata"]["name"]
        host = urlsplit(settings.url(env, page)).hostname
        wrong += [
            f"Ingress {page}: {rule['host']} is not {host}"
            for rule in each["spec"]["rules"]
            if rule["host"] != host
        ]
    return wrong
