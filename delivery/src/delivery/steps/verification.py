"""Checks rendered manifests against the policies and delivery.toml."""

import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from delivery.adapters import kustomize
from delivery.adapters.process import ToolError
from delivery.domain import overlay
from delivery.domain.environments import Environment
from delivery.domain.errors import ConfigurationError, GateError
from delivery.domain.history import Deployment
from delivery.domain.objects import Object, named
from delivery.domain.services import ROOT, image_names
from delivery.domain.settings import Settings
from delivery.steps import manifests
from delivery.steps.desired_state import DesiredState
from delivery.steps.project import Project


def require(project: Project, desired: DesiredState, wanted: Deployment) -> None:
    """Return if the manifests of a deployment keep every policy; runs before the commit."""
    env = wanted.env
    tree = wanted.manifests or manifests.tree(project.git, desired.commit)
    with tempfile.TemporaryDirectory(prefix="delivery-") as into:
        k8s = manifests.write(project.git, env, desired.commit, tree, Path(into))
        file = Path(into) / overlay.path(env)
        images = {each.service: each for each in wanted.images}
        text = overlay.with_images(file.read_text(encoding="utf-8"), images)
        file.write_text(text, encoding="utf-8")
        if found := broken(project.settings, env, text, rendered(env, k8s / "overlays" / env)):
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            raise GateError(
                f"{wanted.tag} was not deployed: its manifests break a policy: {found[0]}{more}; "
                f"see all of them: delivery verify {env}"
            )


def rendered(env: str, folder: Path) -> list[Object]:
    """The objects of an environment, rendered from its overlay's folder."""
    try:
        return kustomize.rendered(folder)
    except ToolError as error:
        raise ConfigurationError(f"{env} cannot be rendered; {error}") from error


def broken(settings: Settings, env: str, text: str, objects: list[Object]) -> list[str]:
    """The violations of an overlay, each with the policy's name."""
    found = [
        f"{env}: {policy.__name__.replace('_', ' ')}: {each}"
        for policy in policies()
        for each in policy(objects)
    ]
    return found + [f"{env}: {each}" for each in strays(settings, env, text, objects)]


def policies() -> list[Callable[[list[Object]], list[str]]]:
    """The policies in k8s/policies of this checkout, which is not an installed package."""
    if str(ROOT) not in sys.path:
        sys.path.append(str(ROOT))
    found: list[Callable[[list[Object]], list[str]]] = import_module("k8s.policies").ALL
    return found


def strays(settings: Settings, env: str, text: str, objects: list[Object]) -> list[str]:
    """Images, namespaces and hosts of an overlay that differ from delivery.toml."""
    names = image_names(settings)
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
        host = settings.host(env, page)
        wrong += [
            f"Ingress {page}: {rule['host']} is not {host}"
            for rule in each["spec"]["rules"]
            if rule["host"] != host
        ]
    return wrong


def undeclared(env: Environment, objects: list[Object]) -> list[str]:
    """Strategy, replicas and traffic that differ from delivery.toml."""
    workloads = {
        each["metadata"]["name"]: each for each in objects if each["kind"] in ("Deployment", "Rollout")
    }
    if "vote" not in workloads:
        return [f"{env.name}: its manifests have no vote"]
    found = {
        "strategy": strategy(workloads["vote"]),
        "replicas": workloads["vote"]["spec"].get("replicas"),
        "traffic": "traffic" in workloads,
    }
    return [
        f"{env.name}: its {fact}: {there}, delivery.toml says {getattr(env, fact)}"
        for fact, there in found.items()
        if there != getattr(env, fact)
    ]


def strategy(workload: Object) -> str:
    """The strategy of a Deployment or a Rollout."""
    if workload["kind"] == "Deployment":
        return "rolling"
    return "canary" if "canary" in workload["spec"]["strategy"] else "blue-green"
