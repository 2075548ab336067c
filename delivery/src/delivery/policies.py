"""What every rendered environment must keep; each rule is a function that lists what breaks it."""

import re
from collections.abc import Iterator

from delivery.docker import SERVICES
from delivery.kubectl import Object
from delivery.overlay import Image
from delivery.tags import TAG

WORKLOADS = {"Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job"}


def pods(objects: list[Object]) -> Iterator[tuple[str, Object]]:
    """Every pod that these objects start, analysis Jobs included, with a name to report it by."""
    for thing in objects:
        name = f"{thing['kind']} {thing['metadata']['name']}"
        if thing["kind"] in WORKLOADS:
            yield name, thing["spec"]["template"]["spec"]
        for metric in metrics(thing):
            yield f"{name} metric {metric['name']}", metric["provider"]["job"]["spec"]["template"]["spec"]


def metrics(thing: Object) -> list[Object]:
    """The metrics of an AnalysisTemplate."""
    found: list[Object] = []
    if thing["kind"] == "AnalysisTemplate":
        found = thing["spec"].get("metrics", [])
    return found


def named(objects: list[Object], kind: str) -> dict[str, Object]:
    """The objects of one kind, by name."""
    return {thing["metadata"]["name"]: thing for thing in objects if thing["kind"] == kind}


def containers(pod: Object) -> list[Object]:
    """Every container of a pod."""
    return [*pod["containers"], *pod.get("initContainers", [])]


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
            "runAsNonRoot": context.get("runAsNonRoot") is True,
            "runAsUser": context.get("runAsUser", 0) > 0,
            "seccompProfile": context.get("seccompProfile") == {"type": "RuntimeDefault"},
            "host": not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")),
            "hostPath": not any("hostPath" in volume for volume in pod.get("volumes", [])),
            "hostPort": not any("hostPort" in p for c in containers(pod) for p in c.get("ports", [])),
        }
        for container in containers(pod):
            own = container.get("securityContext", {})
            checks |= {
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
    """No Secret stands in a manifest, and no variable called password holds one."""
    wrong = [f"Secret {name}" for name in named(objects, "Secret")]
    for name, pod in pods(objects):
        for container in containers(pod):
            wrong += [
                f"{name}: {variable['name']}"
                for variable in container.get("env", [])
                if re.search("PASSWORD|TOKEN|_KEY", variable["name"]) and "value" in variable
            ]
    return wrong


def references_exist(objects: list[Object]) -> list[str]:
    """Every template, Service, ConfigMap and service account that something names is there."""
    wanted: set[tuple[str, str]] = set()
    for thing in objects:
        spec = thing.get("spec", {})
        if thing["kind"] == "AnalysisTemplate":
            wanted |= {("AnalysisTemplate", each["templateName"]) for each in spec.get("templates", [])}
        if thing["kind"] == "Rollout":
            wanted |= {("AnalysisTemplate", name) for name in template_names(spec["strategy"])}
            wanted |= {("Service", name) for name in services(spec["strategy"])}
        if thing["kind"] == "StatefulSet":
            wanted.add(("Service", spec["serviceName"]))
        if thing["kind"] == "Ingress":
            paths = [path for rule in spec["rules"] for path in rule["http"]["paths"]]
            wanted |= {("Service", path["backend"]["service"]["name"]) for path in paths}
    for _, pod in pods(objects):
        wanted.add(("ServiceAccount", pod.get("serviceAccountName", "default")))
        sources = [volume["configMap"] for volume in pod.get("volumes", []) if "configMap" in volume]
        for container in containers(pod):
            sources += [
                each["configMapRef"] for each in container.get("envFrom", []) if "configMapRef" in each
            ]
            sources += [
                variable["valueFrom"]["configMapKeyRef"]
                for variable in container.get("env", [])
                if "configMapKeyRef" in variable.get("valueFrom", {})
            ]
        wanted |= {("ConfigMap", source["name"]) for source in sources if not source.get("optional")}
    there = {(thing["kind"], thing["metadata"]["name"]) for thing in objects} | {
        ("ServiceAccount", "default")
    }
    return [f"{kind} {name}" for kind, name in sorted(wanted - there)]


def services_find_pods(objects: list[Object]) -> list[str]:
    """Every Service, budget and network policy selects pods that something here starts."""
    started = [
        thing["spec"]["template"]["metadata"]["labels"] for thing in objects if thing["kind"] in WORKLOADS
    ]
    for thing in objects:
        started += [
            metric["provider"]["job"]["spec"]["template"]["metadata"]["labels"] for metric in metrics(thing)
        ]
    wrong = []
    for thing in objects:
        selector = selected(thing["kind"], thing.get("spec", {}))
        if selector and not any(selector.items() <= labels.items() for labels in started):
            wrong.append(f"{thing['kind']} {thing['metadata']['name']}")
    return wrong


def selected(kind: str, spec: Object) -> Object:
    """The labels by which an object selects pods; none if it selects none, or all."""
    found: Object = {}
    if kind == "Service":
        found = spec.get("selector", {})
    if kind == "PodDisruptionBudget":
        found = spec["selector"]["matchLabels"]
    if kind == "NetworkPolicy":
        found = spec["podSelector"].get("matchLabels", {})
    return found


def limits_can_fail(objects: list[Object]) -> list[str]:
    """No metric forgives every failure that it can see, and no analysis Job can hang or be tried again."""
    wrong = []
    for thing in objects:
        for metric in metrics(thing):
            name = f"{thing['metadata']['name']} {metric['name']}"
            limit, count = metric.get("failureLimit", 0), metric.get("count")
            if limit < 0 or (count is not None and count <= limit):
                wrong.append(f"{name}: {limit} failures of {count} are forgiven")
            job = metric["provider"]["job"]["spec"]
            if job.get("backoffLimit") != 0 or "activeDeadlineSeconds" not in job:
                wrong.append(f"{name}: its Job may hang")
            if job["template"]["spec"].get("restartPolicy") != "Never":
                wrong.append(f"{name}: its Job tries again")
    return wrong


def releases_are_judged(objects: list[Object]) -> list[str]:
    """Every canary's error rate is judged beside its steps and before the last one ends."""
    wrong = []
    templates = named(objects, "AnalysisTemplate")
    for name, rollout in named(objects, "Rollout").items():
        strategy = rollout["spec"]["strategy"]
        if "canary" in strategy:
            judged = [strategy["canary"].get("analysis", {})]
            judged += [step["analysis"] for step in strategy["canary"]["steps"] if "analysis" in step][-1:]
        else:
            judged = [strategy["blueGreen"].get("prePromotionAnalysis", {})]
        for analysis in judged:
            seen = {name for name in template_names(analysis) for name in metric_names(templates, name)}
            if "error-rate" not in seen:
                wrong.append(f"{name}: {analysis.get('templates')}")
    return wrong


def promotion_is_manual(objects: list[Object]) -> list[str]:
    """A blue-green release waits for a person."""
    wrong = []
    for name, rollout in named(objects, "Rollout").items():
        strategy = rollout["spec"]["strategy"].get("blueGreen")
        if strategy is not None and strategy.get("autoPromotionEnabled") is not False:
            wrong.append(name)
    return wrong


def template_names(part: object) -> set[str]:
    """Every templateName below this part of an object."""
    if isinstance(part, dict):
        own = {part["templateName"]} if "templateName" in part else set()
        return own.union(*(template_names(value) for value in part.values()))
    return set().union(*(template_names(value) for value in part)) if isinstance(part, list) else set()


def services(strategy: Object) -> set[str]:
    """The Services that a strategy steers."""
    (kind,) = strategy.values()
    return {value for key, value in kind.items() if key.endswith("Service")}


def metric_names(templates: dict[str, Object], name: str) -> set[str]:
    """The metrics of a template and of those that it is made of."""
    if name not in templates:
        return set()
    spec = templates[name]["spec"]
    parts = (metric_names(templates, each["templateName"]) for each in spec.get("templates", []))
    return {metric["name"] for metric in spec.get("metrics", [])}.union(*parts)


ALL = [
    images_are_pinned,
    image_tags_are_shown,
    pods_are_restricted,
    pods_are_left_alone,
    no_secret_values,
    references_exist,
    services_find_pods,
    limits_can_fail,
    releases_are_judged,
    promotion_is_manual,
]
