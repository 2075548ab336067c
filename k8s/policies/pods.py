"""Policies for pods and their images."""

import re
from pathlib import Path

from k8s.policies.objects import Object, containers, named, pods

OURS = {each.parent.name for each in Path(__file__).parents[2].glob("*/Dockerfile")}  # the services' images
TAG = re.compile(r"[0-9a-f]{7}-\d{14}")  # as `delivery tag` makes one


def images_are_pinned(objects: list[Object]) -> list[str]:
    """Every image has a tag other than latest; our tags have commit and time, so none is used twice."""
    wrong = []
    for name, pod in pods(objects):
        for text in (container["image"] for container in containers(pod)):
            service, tag = service_and_tag(text)
            if tag in ("", "latest") or (service in OURS and not TAG.fullmatch(tag)):
                wrong.append(f"{name}: {text}")
    return wrong


def service_and_tag(image: str) -> tuple[str, str]:
    """The last part of an image's name, and its tag; the registry and the digest are removed."""
    service, _, tag = image.partition("@")[0].rpartition("/")[2].partition(":")
    return service, tag


def image_tags_are_shown(objects: list[Object]) -> list[str]:
    """IMAGE_TAG is the tag of the container's image, because the page shows it to the people who test it."""
    wrong = []
    for name, pod in pods(objects):
        for container in containers(pod):
            shown = [each["value"] for each in container.get("env", []) if each["name"] == "IMAGE_TAG"]
            _, tag = service_and_tag(container["image"])
            wrong += [f"{name}: {each}" for each in shown if each != tag]
    return wrong


def pods_are_restricted(objects: list[Object]) -> list[str]:
    """Pods pass Pod Security "restricted", and have a read-only root file system and a memory limit."""
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


def pods_get_no_token_or_service_links(objects: list[Object]) -> list[str]:
    """Only pods that read the API get a token; no pod gets variables of Services, such as VOTE_PORT."""
    wanted = {"Deployment traefik", "Deployment prometheus", "Deployment stage"}
    wrong = [
        f"{name}: service links" for name, pod in pods(objects) if pod.get("enableServiceLinks") is not False
    ]
    tokens = {name for name, pod in pods(objects) if pod.get("automountServiceAccountToken") is not False}
    return wrong + [f"{name}: token" for name in sorted(tokens - wanted)]


def no_secret_values(objects: list[Object]) -> list[str]:
    """No manifest contains a Secret or a password, not even in a URL, because git keeps it forever."""
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
    """Whether a variable contains a secret; a URL with $(POSTGRES_PASSWORD) only refers to one."""
    return bool(re.search("PASSWORD|TOKEN|_KEY", name) or re.search(r"://[^/@\s:]*:(?!\$\()[^/@\s]+@", value))


def pods_are_probed(objects: list[Object]) -> list[str]:
    """Every container with a port has both probes: otherwise broken pods get traffic and hung pods stay."""
    wrong = []
    for name, pod in pods(objects):
        for container in (each for each in pod["containers"] if each.get("ports")):
            missing = {"readinessProbe", "livenessProbe"} - container.keys()
            wrong += [f"{name}: {each}" for each in sorted(missing)]
    return wrong


def pods_shut_down_gracefully(objects: list[Object]) -> list[str]:
    """Our pods behind a Service drain, spread over nodes and have a budget, so updates cause no outage."""
    wrong = []
    budgets = [
        each["spec"]["selector"]["matchLabels"] for each in named(objects, "PodDisruptionBudget").values()
    ]
    selectors = [each["spec"]["selector"] for each in named(objects, "Service").values()]
    for thing in (each for each in objects if each["kind"] in ("Deployment", "Rollout")):
        pod, name = thing["spec"]["template"], f"{thing['kind']} {thing['metadata']['name']}"
        labels, spec = pod["metadata"]["labels"], pod["spec"]
        ours = any(service_and_tag(each["image"])[0] in OURS for each in spec["containers"])
        if not ours or not any(selector.items() <= labels.items() for selector in selectors):
            continue
        kept = {
            "preStop": all("preStop" in each.get("lifecycle", {}) for each in spec["containers"]),
            "terminationGracePeriodSeconds": spec.get("terminationGracePeriodSeconds", 0) > 0,
            "topologySpreadConstraints": bool(spec.get("topologySpreadConstraints")),
            "PodDisruptionBudget": any(budget.items() <= labels.items() for budget in budgets),
        }
        wrong += [f"{name}: {what}" for what, there in kept.items() if not there]
    return wrong
