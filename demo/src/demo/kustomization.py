"""What k8s/ says about an environment, and a copy of k8s/ that deploys it here without editing it."""

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
from delivery.domain.objects import Object
from delivery.domain.overlay import Image
from delivery.domain.services import ROOT, SERVICES
from delivery.domain.settings import Settings

K8S = ROOT / "k8s"
PORT = 8443  # the overlays' addresses carry it, and kind.yaml leads it to Traefik


@cache
def rendered(folder: str) -> tuple[Object, ...]:
    """The objects of a folder of k8s/, as kustomize renders them."""
    return tuple(kustomized(K8S / folder))


def images(objects: object) -> set[str]:
    """Every image that something below names."""
    if isinstance(objects, dict):
        own = {objects["image"]} if isinstance(objects.get("image"), str) else set()
        return own.union(*(images(value) for value in objects.values()))
    return set().union(*map(images, objects)) if isinstance(objects, list | tuple) else set()


def ours(objects: object) -> dict[str, str]:
    """The images of our own services without their tags, by service."""
    found = map(Image.read, images(objects))
    return {each.service: each.name for each in found if each.service in SERVICES}


def our_images() -> dict[str, str]:
    """The images of all our services without their tags, by service."""
    return ours([*rendered("platform"), *rendered("overlays/dev")])


def third_party(objects: object) -> set[str]:
    """Every image that is not built here, with its tag."""
    return {image for image in images(objects) if Image.read(image).service not in SERVICES}


def generated(env: str, tag: str, *, port: int, fast: bool, extra: Mapping[str, list[Any]]) -> Object:
    """The overlay's kustomization with this tag, on this machine, and fast if asked for."""
    own: dict[str, Any] = overlay.load((ROOT / overlay.path(env)).read_text())
    hostname = Settings.from_file(ROOT).hostname
    added: dict[str, list[Any]] = {
        "components": ["../../components/fast"] if fast else [],
        "patches": hosts(rendered(f"overlays/{env}"), hostname),
    }
    content = own | {
        "images": [
            {key: each[key] for key in ("name", "newName")} | {"newTag": tag} for each in own["images"]
        ],
        "configMapGenerator": addresses(own, hostname, port),
    }
    for more in (added, extra):
        for key, values in more.items():
            content[key] = [*content.get(key, []), *values]
    return content


def addresses(own: Object, hostname: str, port: int) -> list[Object]:
    """The overlay's ConfigMaps, with the addresses of this cluster."""
    return [
        each | {"literals": [here(text, hostname, port) for text in each.get("literals", [])]}
        for each in own.get("configMapGenerator", [])
    ]


def here(text: str, hostname: str, port: int) -> str:
    """The text with the pages of a host name led to this machine, as browsers do with *.localhost."""
    return re.sub(rf"(://[^/:]+\.){re.escape(hostname)}(:\d+)?(?![\w.-])", rf"\g<1>localhost:{port}", text)


def hosts(objects: tuple[Object, ...], hostname: str) -> list[Object]:
    """Patches that bring the pages of a host name to *.localhost, whatever it is that the fork owns."""
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
    """The path as seen from the folder; kustomize takes no absolute ones."""
    return os.path.relpath(path.resolve(), folder.resolve())


def copied(env: str, content: Object, folder: Path) -> Path:
    """Copy k8s/ below this folder with this kustomization as the environment's; the folder of that.

    A copy, because the transformers of an overlay must run after what is added to it.
    """
    shutil.rmtree(folder / "k8s", ignore_errors=True)
    shutil.copytree(K8S, folder / "k8s", ignore=shutil.ignore_patterns("*.py", "*.md"))
    return write(content, (folder / overlay.path(env)).parent)


def write(content: Object, folder: Path) -> Path:
    """Write a kustomization.yaml, which may be JSON as every YAML file may."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text(json.dumps(content, indent=2) + "\n")
    return folder
