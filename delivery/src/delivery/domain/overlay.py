"""An overlay's kustomization.yaml: reads and replaces its images."""

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML

from delivery.domain.errors import ConfigurationError
from delivery.domain.image import Image

WIDTH = 10_000  # never break a line that a person wrote


def path(env: str) -> str:
    """The path of an environment's overlay in the repository."""
    return f"k8s/overlays/{env}/kustomization.yaml"


def load(text: str) -> Any:
    """Parse a kustomization."""
    return YAML(typ="safe").load(text)


def images(text: str) -> dict[str, Image]:
    """The images of a kustomization, by service."""
    return {
        each["name"]: Image(
            each.get("newName", each["name"]), str(each.get("newTag", "")), each.get("digest", "")
        )
        for each in load(text).get("images", [])
    }


def tag(text: str) -> str:
    """The common tag of all images: the images of the services are built together."""
    found = {each.tag for each in images(text).values()}
    if len(found) != 1:
        raise ConfigurationError(f"images: names the tags {', '.join(sorted(found))}; it must name one")
    return found.pop()


def with_images(text: str, wanted: Mapping[str, Image]) -> str:
    """The kustomization with these images; comments, order and all other lines stay."""
    yaml = _yaml()
    content = yaml.load(text)
    for each in content["images"]:
        if each["name"] not in wanted:
            raise ConfigurationError(f"images: names {each['name']}, which the deployment has no image of")
        image = wanted[each["name"]]
        each["newName"], each["newTag"] = image.name, image.tag
        if image.digest:
            each["digest"] = image.digest
        else:
            each.pop("digest", None)
    written = io.StringIO()
    yaml.dump(content, written)
    return written.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
