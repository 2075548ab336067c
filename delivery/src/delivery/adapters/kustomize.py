"""The kustomize adapter, which uses the version built into kubectl."""

from pathlib import Path

from ruamel.yaml import YAML

from delivery.adapters.process import run
from delivery.domain.objects import Object


def rendered(folder: Path) -> list[Object]:
    """The objects that kustomize renders from a folder."""
    text = run("kubectl", "kustomize", str(folder))
    return [each for each in YAML(typ="safe").load_all(text) if each is not None]
