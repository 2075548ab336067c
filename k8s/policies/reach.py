"""Which pods may connect to which, computed from rendered NetworkPolicies, without a cluster."""

from dataclasses import dataclass, field

from k8s.policies.objects import WORKLOADS, Object, metrics

NAMESPACE_NAME = "kubernetes.io/metadata.name"  # Kubernetes gives every namespace this label
NAME = "app.kubernetes.io/name"


@dataclass(frozen=True)
class Pod:
    """The properties of a pod that NetworkPolicies select by."""

    namespace: str
    labels: dict[str, str]
    namespace_labels: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def matches(self, peer: Object, home: str) -> bool:
        """Whether a peer of a policy in the namespace `home` selects this pod; an ipBlock selects no pod."""
        if "ipBlock" in peer:
            return False
        if "namespaceSelector" in peer:
            there = selects(
                peer["namespaceSelector"], {**self.namespace_labels, NAMESPACE_NAME: self.namespace}
            )
        else:
            there = self.namespace == home
        return there and selects(peer.get("podSelector", {}), self.labels)


def selects(selector: Object, labels: dict[str, str]) -> bool:
    """Whether a label selector matches; an empty one matches everything."""
    wanted: list[Object] = selector.get("matchExpressions", [])
    if unknown := {each["operator"] for each in wanted} - {"In"}:
        raise ValueError(f"selectors with {', '.join(sorted(unknown))} are not supported")
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels.get(each["key"]) in each["values"] for each in wanted
    )


def allows(objects: list[Object], source: Pod, target: Pod | None, port: int) -> bool:
    """Whether the policies of both ends allow this TCP connection; the target None is an outside address."""
    leaves = passes(objects, "egress", (source, target), target, port)
    return leaves and (target is None or passes(objects, "ingress", (target, source), target, port))


def passes(
    objects: list[Object], way: str, ends: tuple[Pod, Pod | None], target: Pod | None, port: int
) -> bool:
    """Whether the policies of the first end allow the connection; a pod without policies allows all."""
    pod, other = ends
    policies = [
        each
        for each in objects
        if each["kind"] == "NetworkPolicy"
        and each["metadata"].get("namespace") == pod.namespace
        and way.capitalize() in each["spec"]["policyTypes"]
        and selects(each["spec"]["podSelector"], pod.labels)
    ]
    rules = [rule for each in policies for rule in each["spec"].get(way, [])]
    peers = {"ingress": "from", "egress": "to"}[way]
    return not policies or any(
        reaches(rule.get("ports", []), target, port) and meets(rule.get(peers, []), other, pod.namespace)
        for rule in rules
    )


def reaches(ports: list[Object], target: Pod | None, port: int) -> bool:
    """Whether a rule allows this port, by number or by the target's name for it; no ports means all."""
    names = target.ports if target else {}
    tcp = [each.get("port", port) for each in ports if each.get("protocol", "TCP") == "TCP"]
    return not ports or port in [names.get(each, each) for each in tcp]


def meets(peers: list[Object], other: Pod | None, home: str) -> bool:
    """Whether a rule allows this peer; no peers means all."""
    return not peers or (other is not None and any(other.matches(each, home) for each in peers))


def started(objects: list[Object]) -> dict[str, Pod]:
    """The pods that these objects start, by their name label."""
    namespaces = {
        each["metadata"]["name"]: each["metadata"].get("labels", {})
        for each in objects
        if each["kind"] == "Namespace"
    }
    found = {}
    for thing in objects:
        templates = [thing["spec"]["template"]] if thing["kind"] in WORKLOADS else []
        templates += [each["provider"]["job"]["spec"]["template"] for each in metrics(thing)]
        for template in templates:
            labels, home = template["metadata"]["labels"], thing["metadata"]["namespace"]
            listed = [port for each in template["spec"]["containers"] for port in each.get("ports", [])]
            ports = {each["name"]: each["containerPort"] for each in listed}
            found[labels[NAME]] = Pod(home, labels, namespaces.get(home, {}), ports)
    return found
