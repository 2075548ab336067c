"""The files that an environment of delivery.toml stands in: its own, and the lists that name all of them."""

import re
from collections.abc import Mapping
from importlib.resources import files

from delivery.domain.environments import Environment
from delivery.domain.overlay import path
from delivery.domain.services import DEPLOYED
from delivery.domain.settings import Settings

FRESH = "0000000-20260101000000"  # a tag that no registry has: nothing is deployed yet
SECOND = {"canary": "vote-canary", "blue-green": "vote-preview"}  # the page of a new release alone
CHOICE = r"(?<={key}: {{type: choice, options: )\[.*?\]"


def own(settings: Settings, env: Environment, branch: str) -> dict[str, str]:
    """The text of each file that is one environment's, by path."""
    platform, workflows = f"k8s/platform/environments/{env.name}", ".github/workflows"
    build = f"{workflows}/ci-build-push-{settings.name}-{env.name}.yaml"
    found = {
        path(env.name): overlay(settings, env),
        f"{platform}/kustomization.yaml": text("platform.yaml", settings, env),
        build: text("deploy-on-push.yaml" if env.on_push else "deploy.yaml", settings, env, branch=branch),
    }
    if env.blue_green:
        promote = f"{workflows}/promote-{env.name}-rollout-{settings.name}.yaml"
        found[promote] = text("promote-rollout.yaml", settings, env)
    return found


def overlay(settings: Settings, env: Environment) -> str:
    """The overlay of an environment that nothing has been deployed to."""
    components = ["ingress", *(["traffic"] if env.traffic else [])]
    rolling = env.strategy == "rolling"
    replicas = f"replicas:\n  - {{name: vote, count: {env.replicas}}}\npatches:"
    if not rolling:
        components = [env.strategy, *components]
        replicas = (
            "patches:\n"
            "  - target: {kind: Rollout, name: vote} # replicas: would silently leave a Rollout alone\n"
            f"    patch: |-\n      - {{op: replace, path: /spec/replicas, value: {env.replicas}}}"
        )
    images = [
        f"  - name: {service}\n    newName: {settings.registry}/{service}\n    newTag: {FRESH}"
        for service in DEPLOYED
    ]
    page = SECOND.get(env.strategy, "")
    second = (
        f"  - target: {{kind: Ingress, name: {page}}}\n    patch: |-\n"
        f"      - {{op: replace, path: /spec/rules/0/host, value: {settings.host(env.name, page)}}}\n"
    )
    return text(
        "overlay.yaml",
        settings,
        env,
        components="\n".join(f"  - ../../components/{each}" for each in components),
        images="\n".join(images),
        vote=settings.url(env.name),
        result=settings.url(env.name, "result"),
        replicas=replicas,
        second=second if page else "",
        transformer="image-tag-deployment" if rolling else "image-tag-rollout",
        **{"vote.host": settings.host(env.name, "vote"), "result.host": settings.host(env.name, "result")},
    )


def text(template: str, settings: Settings, env: Environment, **more: str) -> str:
    """A template with its @words@ filled in."""
    words = {"name": settings.name, "env": env.name, "ENV": env.name.upper(), **more}
    made = files(__name__).joinpath(template).read_text(encoding="utf-8")
    return re.sub(r"@([a-zA-Z.]+)@", lambda found: words[found[1]], made)


def listing(settings: Settings) -> list[str]:
    """The files that name all environments."""
    workflows = [
        f".github/workflows/{each}-{settings.name}.yaml" for each in ("apply", "rollback", "promote")
    ]
    return [
        "k8s/platform/environments/kustomization.yaml",
        "k8s/platform/traefik/deployment.yaml",
        *workflows,
    ]


def lists(settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """The files that name all environments, each with those of the settings in place of its own."""
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
        (promote, r"(?<=Promote: ).*(?= \()", way),
    ]
    found: dict[str, str] = {}
    for file, pattern, wanted in edits:
        found[file] = re.sub(pattern, wanted, found.get(file, given[file]), flags=re.MULTILINE)
    return found
