"""What every pod must keep."""

import re

from delivery.domain.objects import Object
from delivery.domain.overlay import Image
from delivery.domain.policies.objects import containers, named, pods
from delivery.domain.services import SERVICES
from delivery.domain.tags import TAG

SERVED = {"vote", "result", "apm"}  # what people and analyses reach


def images_are_pinned(objects: list[Object]) -> list[str]:
    """Every image has a tag, and it is not latest; ours has the shape sha7-timestamp."""
    wrong = []
    for name, pod in pods(objects):
        for text in (container["image"] for container in containers(pod)):
            image = Image.read(text)
            ours = image.service in SERVICES
            if image.tag in ("", "latest") or (ours and not TAG.fullmatch(image.tag)):
                wrong.append(f"{name}: {text}")
    return wrong


def image_tags_are_shown(objects: list[Object]) -> list[str]:
    """A container that shows its IMAGE_TAG shows its image's, whatever digest or port stands beside it."""
    wrong = []
    for name, pod in pods(objects):
        for container in containers(pod):
            shown = [each["value"] for each in container.get("env", []) if each["name"] == "IMAGE_TAG"]
            tag = Image.read(container["image"]).tag
            wrong += [f"{name}: {each}" for each in shown if each != tag]
    return wrong


def pods_are_restricted(objects: list[Object]) -> list[str]:
    """Every pod passes Pod Security "restricted", on a read-only file system and with a bound on memory."""
    wrong = []
    for name, pod in pods(objects):
        context = pod.get("securityContext", {})
        checks = {
            "host": not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")),
            "hostPath": not any("hostPath" in volume for volume in pod.get("volumes", [])),
            "hostPort": not any("hostPort" in p for c in containers(pod) for p in c.get("ports", [])),
        }
        for container in containers(pod):
            own = container.get("securityContext", {})
            both = {**context, **own}  # a container's own settings win over its pod's
            checks |= {
                "runAsNonRoot": both.get("runAsNonRoot") is True,
                "runAsUser": both.get("runAsUser", 0) > 0,
                "seccompProfile": both.get("seccompProfile") == {"type": "RuntimeDefault"},
                "privileged": not own.get("privileged"),
                "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is False,
                "capabilities": own.get("capabilities") == {"drop": ["ALL"]},
                "readOnlyRootFilesystem": own.get("readOnlyRootFilesystem") is True,
                "memory": "memory" in container.get("resources", {}).get("limits", {}),
            }
            wrong += [f"{name}: {check}" for check, kept in checks.items() if not kept]
    return wrong


def pods_are_left_alone(objects: list[Object]) -> list[str]:
    """No pod gets a token that it does not need, nor variables that Services invent, as VOTE_PORT."""
    wanted = {"Deployment traefik", "Deployment prometheus"}
    wrong = [
        f"{name}: service links" for name, pod in pods(objects) if pod.get("enableServiceLinks") is not False
    ]
    tokens = {name for name, pod in pods(objects) if pod.get("automountServiceAccountToken") is not False}
    return wrong + [f"{name}: token" for name in sorted(tokens - wanted)]


def no_secret_values(objects: list[Object]) -> list[str]:
    """No Secret stands in a manifest, and nothing else holds a password, alone or in an address."""
    wrong = [f"Secret {name}" for name in named(objects, "Secret")]
    for name, pod in pods(objects):
        for container in containers(pod):
            wrong += [
                f"{name}: {each['name']}"
                for each in container.get("env", [])
                if "value" in each and secret(each["name"], each["value"])
            ]
    for name, thing in named(objects, "ConfigMap").items():
        wrong += [
            f"ConfigMap {name}: {key}" for key, value in thing.get("data", {}).items() if secret(key, value)
        ]
    return wrong


def secret(name: str, value: str) -> bool:
    """Whether a variable holds a secret itself; $(POSTGRES_PASSWORD) in an address only refers to one."""
    return bool(re.search("PASSWORD|TOKEN|_KEY", name) or re.search(r"://[^/@\s:]*:(?!\$\()[^/@\s]+@", value))


def pods_are_probed(objects: list[Object]) -> list[str]:
    """Every container that listens says when it is ready, and when it is not alive any more."""
    wrong = []
    for name, pod in pods(objects):
        for container in (each for each in pod["containers"] if each.get("ports")):
            missing = {"readinessProbe", "livenessProbe"} - container.keys()
            wrong += [f"{name}: {each}" for each in sorted(missing)]
    return wrong


def pods_leave_gracefully(objects: list[Object]) -> list[str]:
    """What people and analyses reach stays a moment after its end was decided, spreads, and drains slowly."""
    wrong = []
    budgets = [
        each["spec"]["selector"]["matchLabels"] for each in named(objects, "PodDisruptionBudget").values()
    ]
    for thing in objects:
        if thing["kind"] not in ("Deployment", "Rollout") or thing["metadata"]["name"] not in SERVED:
            continue
        pod, name = thing["spec"]["template"], f"{thing['kind']} {thing['metadata']['name']}"
        labels, spec = pod["metadata"]["labels"], pod["spec"]
        kept = {
            "preStop": all("preStop" in each.get("lifecycle", {}) for each in spec["containers"]),
            "terminationGracePeriodSeconds": spec.get("terminationGracePeriodSeconds", 0) > 0,
            "topologySpreadConstraints": bool(spec.get("topologySpreadConstraints")),
            "PodDisruptionBudget": any(budget.items() <= labels.items() for budget in budgets),
        }
        wrong += [f"{name}: {what}" for what, there in kept.items() if not there]
    return wrong
