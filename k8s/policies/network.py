"""Policies for NetworkPolicies: each rule names the pods that it allows."""

from collections.abc import Iterator

from k8s.policies.objects import Object, named

DNS = {
    "namespaceSelector": {
        "matchExpressions": [
            {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["kube-system"]}
        ]
    },
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}
NODE_DNS = {"ipBlock": {"cidr": "169.254.20.10/32"}}  # NodeLocal DNSCache
DNS_PORT, HTTPS = 53, 443
NEW_RELIC, API = "new-relic", "api-server"
OUTSIDE = {"managed-data", NEW_RELIC, API}  # for servers whose addresses are not known beforehand
ENTRANCES = {"traefik", "ingress-controller", "alb"}  # where users' requests enter the cluster


def rules(objects: list[Object], way: str) -> Iterator[tuple[str, Object]]:
    """Every rule for this direction, with the name of its NetworkPolicy."""
    for name, policy in named(objects, "NetworkPolicy").items():
        for rule in policy["spec"].get(way, []):
            yield name, rule


def ports(rule: Object) -> set[object]:
    """The ports that a rule names."""
    return {each.get("port") for each in rule.get("ports", [])}


def dns_stays_in_the_cluster(objects: list[Object]) -> list[str]:
    """DNS queries go only to the cluster's DNS: queries to another server could carry data out."""
    return [
        f"NetworkPolicy {name}: DNS goes to {rule.get('to', 'everywhere')}"
        for name, rule in rules(objects, "egress")
        if DNS_PORT in ports(rule) and not all(peer in (DNS, NODE_DNS) for peer in rule.get("to", [None]))
    ]


def egress_is_restricted(objects: list[Object]) -> list[str]:
    """Pods connect only to named pods; only a dedicated policy lets them connect outside the cluster."""
    wrong = []
    for name, rule in rules(objects, "egress"):
        if not ports(rule):
            wrong.append(f"NetworkPolicy {name}: may connect to every port")
        elif HTTPS in ports(rule) and name not in (NEW_RELIC, API):
            wrong.append(f"NetworkPolicy {name}: may use HTTPS, which only components/{NEW_RELIC} allows")
        elif (
            name not in OUTSIDE
            and ports(rule) != {DNS_PORT}
            and not all(names_pods(peer) for peer in rule.get("to", [{}]))
        ):
            wrong.append(f"NetworkPolicy {name}: may connect to {rule.get('to', 'every address')}")
    return wrong


def ingress_is_restricted(objects: list[Object]) -> list[str]:
    """Pods accept connections only from named pods, on named ports; users enter through the ingress."""
    wrong = []
    for name, rule in rules(objects, "ingress"):
        if not ports(rule):
            wrong.append(f"NetworkPolicy {name}: accepts connections on every port")
        elif name not in ENTRANCES and not all(names_pods(peer) for peer in rule.get("from", [{}])):
            wrong.append(f"NetworkPolicy {name}: accepts {rule.get('from', 'every address')}")
    return wrong


def names_pods(peer: Object) -> bool:
    """Whether a peer selects pods by label, not a whole namespace or an address."""
    return bool(peer.get("podSelector"))
