"""The files that depend on the environments of delivery.toml: one environment's own, and lists of all."""

import re
from collections.abc import Mapping

from jinja2 import Environment as Templates
from jinja2 import PackageLoader, StrictUndefined

from delivery.domain import workflows
from delivery.domain.environments import Environment
from delivery.domain.overlay import path
from delivery.domain.services import DEPLOYED
from delivery.domain.settings import Settings

WORKFLOWS = ".github/workflows"
FRESH = "0000000-20260101000000"  # a tag that does not exist, because nothing is deployed yet
SECOND = {"canary": ["vote-canary"], "blue-green": ["vote-preview"]}  # the page of the new release
CHOICE = r"(?<={key}: {{type: choice, options: )\[.*?\]"


TEMPLATES = Templates(
    loader=PackageLoader("delivery.output", "environment"),
    autoescape=False,  # noqa: S701 - YAML, of checked settings
    undefined=StrictUndefined,
    block_start_string="<%",  # GitHub uses ${{ }}
    block_end_string="%>",
    variable_start_string="<<",
    variable_end_string=">>",
    trim_blocks=True,
    keep_trailing_newline=True,
)


def own(settings: Settings, env: Environment, branch: str) -> dict[str, str]:
    """The text of each file that belongs to one environment, by path."""
    templates = {
        path(env.name): "overlay",
        f"k8s/platform/environments/{env.name}/kustomization.yaml": "platform",
        f"{WORKFLOWS}/{workflows.deploy(settings, env.name)}": "deploy",
    }
    if env.blue_green:
        templates[f"{WORKFLOWS}/{workflows.promote_rollout(settings, env.name)}"] = "promote-rollout"
    values = {
        "settings": settings,
        "env": env,
        "branch": branch,
        "services": DEPLOYED,
        "fresh": FRESH,
        "pages": ["vote", "result", *SECOND.get(env.strategy, [])],
    }
    return {file: TEMPLATES.get_template(f"{each}.yaml").render(values) for file, each in templates.items()}


def listing(settings: Settings) -> list[str]:
    """The files that list all environments."""
    choices = (workflows.apply, workflows.rollback, workflows.promote)
    return [
        "k8s/platform/environments/kustomization.yaml",
        "k8s/platform/traefik/deployment.yaml",
        *(f"{WORKFLOWS}/{file(settings)}" for file in choices),
    ]


def lists(settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """The files that list all environments, with those of the settings."""
    names = settings.env_names
    listed = "".join(f"  - {each}\n" for each in names)
    namespaces = ",".join(map(settings.namespace, names))
    every, way = f"[{', '.join(names)}]", " -> ".join(names).upper()
    platform, traefik, apply, rollback, promote = listing(settings)
    edits = [
        (platform, r"(?<=resources:\n)(?:  - .*\n)+", listed),
        (traefik, r"(?<=kubernetesingress\.namespaces=)\S+", namespaces),
        (apply, CHOICE.format(key="environment"), every),
        (rollback, CHOICE.format(key="environment"), every),
        (promote, CHOICE.format(key="from"), f"[{', '.join(names[:-1])}]"),
        (promote, CHOICE.format(key="to"), f"[{', '.join(names[1:])}]"),
        (promote, r'(?<=Promote: )[^"]*', way),
    ]
    found: dict[str, str] = {}
    for file, pattern, wanted in edits:
        found[file] = re.sub(pattern, wanted, found.get(file, given[file]), flags=re.MULTILINE)
    return found
