"""Policies for references: names and labels match objects that exist, and every pod is isolated."""

import re

from k8s.policies.objects import Object, containers, labels, named, pods, template_names


def references_exist(objects: list[Object]) -> list[str]:
    """Every template, Service, ConfigMap and account that is named exists: kubectl accepts any name."""
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
        wanted |= {
            ("ConfigMap", source["name"])
            for source in sources
            if not source.get("optional") or generated(source["name"], objects)
        }
    there = {(thing["kind"], thing["metadata"]["name"]) for thing in objects} | {
        ("ServiceAccount", "default")
    }
    return [f"{kind} {name}" for kind, name in sorted(wanted - there)]


def generated(name: str, objects: list[Object]) -> bool:
    """Whether a ConfigMap has this name with a hash at its end; references must then have the hash, too."""
    return any(
        re.fullmatch(rf"{re.escape(name)}-[a-z0-9]{{10}}", each) for each in named(objects, "ConfigMap")
    )


def services(strategy: Object) -> set[str]:
    """The Services whose selectors the strategy manages."""
    (kind,) = strategy.values()
    return {value for key, value in kind.items() if key.endswith("Service")}


def services_find_pods(objects: list[Object]) -> list[str]:
    """Every Service, budget and NetworkPolicy selects a pod of these objects: kubectl accepts any label."""
    started = [found for _, found in labels(objects)]
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


def pods_are_isolated(objects: list[Object]) -> list[str]:
    """Traffic is denied by default, and every pod has a NetworkPolicy of its own."""
    policies = named(objects, "NetworkPolicy").values()
    denied = [
        each
        for each in policies
        if not each["spec"]["podSelector"] and not {"ingress", "egress"} & each["spec"].keys()
    ]
    started = list(labels(objects))
    if started and not any("Ingress" in each["spec"]["policyTypes"] for each in denied):
        return ["traffic is not denied by default"]
    selectors = [each["spec"]["podSelector"].get("matchLabels", {}) for each in policies]
    return [
        name
        for name, found in started
        if not any(each and each.items() <= found.items() for each in selectors)
    ]
