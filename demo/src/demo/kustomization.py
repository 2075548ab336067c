"""Renders environments from k8s/, and deploys one to a local cluster from an edited copy of k8s/."""

import json
import os
import re
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from delivery.adapters.kustomize import rendered as kustomized
from delivery.domain import overlay
from delivery.domain.image import Image
from delivery.domain.objects import Object
from delivery.domain.services import BESIDE, ROOT, SERVICES
from delivery.domain.settings import Settings

K8S = ROOT / "k8s"
PORT = 8443  # in the URLs of the overlays; kind.yaml maps it to Traefik


@cache
def rendered(folder: str) -> tuple[Object, ...]:
    """The objects of a folder of k8s/, as kustomize renders them."""
    return tuple(kustomized(K8S / folder))


def error_rate(env: str) -> dict[str, str]:
    """The defaults with which an environment's releases are judged: error-threshold, min-requests, ..."""
    templates = [each for each in rendered(f"overlays/{env}") if each["kind"] == "AnalysisTemplate"]
    (found,) = [each for each in templates if each["metadata"]["name"].endswith("-error-rate")]
    return {each["name"]: each["value"] for each in found["spec"]["args"] if "value" in each}


def images(objects: object) -> set[str]:
    """Every image in these objects."""
    if isinstance(objects, dict):
        own = {objects["image"]} if isinstance(objects.get("image"), str) else set()
        return own.union(*(images(value) for value in objects.values()))
    return set().union(*map(images, objects)) if isinstance(objects, list | tuple) else set()


def ours(objects: object) -> dict[str, str]:
    """The images of our services in these objects, without tags, by service."""
    found = map(Image.read, images(objects))
    return {each.service: each.name for each in found if each.service in SERVICES}


def our_images() -> dict[str, str]:
    """The images of our services that the platform or an environment runs, without tags, by service."""
    folders = ["platform", *(f"overlays/{env}" for env in Settings.from_file(ROOT).env_names)]
    return ours([each for folder in folders for each in rendered(folder)])


def third_party(objects: object) -> set[str]:
    """Every image that is not built here, with its tag."""
    return {image for image in images(objects) if Image.read(image).service not in SERVICES}


def generated(
    env: str, tag: str, *, port: int, fast: bool, extra: Mapping[str, list[Any]], running: Mapping[str, str]
) -> Object:
    """The overlay's kustomization with this tag and local URLs; `fast` shortens pauses.

    A service beside the release keeps its running tag, so that it does not restart with each release.
    """
    own: dict[str, Any] = overlay.load((ROOT / overlay.path(env)).read_text())
    hostname = Settings.from_file(ROOT).hostname
    added: dict[str, list[Any]] = {
        "components": ["../../components/fast"] if fast else [],
        "patches": hosts(rendered(f"overlays/{env}"), hostname),
    }
    named = {each["name"]: each["newName"] for each in own["images"]}
    there = ours(rendered(f"overlays/{env}"))
    beside = {there[each]: running.get(each, tag) for each in BESIDE if each in there}
    content = own | {
        "images": [
            *({"name": name, "newName": image, "newTag": tag} for name, image in named.items()),
            *({"name": image, "newTag": own_tag} for image, own_tag in beside.items()),
        ],
        "configMapGenerator": addresses(own, hostname, port),
    }
    for more in (added, extra):
        for key, values in more.items():
            content[key] = [*content.get(key, []), *values]
    return content


def addresses(own: Object, hostname: str, port: int) -> list[Object]:
    """The overlay's ConfigMaps, with the URLs of this cluster."""
    return [
        each | {"literals": [here(text, hostname, port) for text in each.get("literals", [])]}
        for each in own.get("configMapGenerator", [])
    ]


def here(text: str, hostname: str, port: int) -> str:
    """The text with the URLs of this host name changed to *.localhost, which browsers resolve locally."""
    return re.sub(rf"(://[^/:]+\.){re.escape(hostname)}(:\d+)?(?![\w.-])", rf"\g<1>localhost:{port}", text)


def hosts(objects: tuple[Object, ...], hostname: str) -> list[Object]:
    """Patches that change the Ingress hosts of this host name to *.localhost."""
    changed = []
    for each in (each for each in objects if each["kind"] == "Ingress"):
        old = [rule["host"] for rule in each["spec"]["rules"]]
        new = [re.sub(rf"\.{re.escape(hostname)}$", ".localhost", host) for host in old]
        operations = [
            {"op": "replace", "path": f"/spec/rules/{i}/host", "value": host} for i, host in enumerate(new)
        ]
        if new != old:
            target = {"kind": "Ingress", "name": each["metadata"]["name"]}
            changed.append({"target": target, "patch": json.dumps(operations)})
    return changed


def relative(path: Path, folder: Path) -> str:
    """The path relative to the folder; kustomize refuses absolute paths."""
    return os.path.relpath(path.resolve(), folder.resolve())


def copied(env: str, content: Object, folder: Path) -> Path:
    """Copy k8s/ into this folder and replace the environment's kustomization; returns the overlay's folder.

    It is a copy because the overlay's transformers must run after the additions.
    """
    shutil.rmtree(folder / "k8s", ignore_errors=True)
    shutil.copytree(K8S, folder / "k8s", ignore=shutil.ignore_patterns("*.py", "*.md"))
    return write(content, (folder / overlay.path(env)).parent)


def write(content: Object, folder: Path) -> Path:
    """Write kustomization.yaml, as JSON, which is valid YAML."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text(json.dumps(content, indent=2) + "\n")
    return folder
