"""The edge to kustomize, as kubectl has it built in."""

from pathlib import Path

from ruamel.yaml import YAML

from delivery.adapters.process import run
from delivery.domain.objects import Object


def rendered(folder: Path) -> list[Object]:
    """The objects of a folder, as kustomize renders them."""
    text = run("kubectl", "kustomize", str(folder))
    return [each for each in YAML(typ="safe").load_all(text) if each is not None]
