"""What network policies must keep: each rule names who is meant."""

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
OUTSIDE = {"managed-data", NEW_RELIC, API}  # for servers whose addresses nobody knows beforehand
DOORS = {"traefik", "ingress-controller", "alb"}  # what people come in by


def rules(objects: list[Object], way: str) -> Iterator[tuple[str, Object]]:
    """Every rule of every policy for one way, with the policy's name."""
    for name, policy in named(objects, "NetworkPolicy").items():
        for rule in policy["spec"].get(way, []):
            yield name, rule


def ports(rule: Object) -> set[object]:
    """The ports that a rule names."""
    return {each.get("port") for each in rule.get("ports", [])}


def names_are_asked_of_the_cluster(objects: list[Object]) -> list[str]:
    """DNS queries go to the cluster's own servers: a query to any other server could carry data out."""
    return [
        f"NetworkPolicy {name}: DNS goes to {rule.get('to', 'everywhere')}"
        for name, rule in rules(objects, "egress")
        if DNS_PORT in ports(rule) and not all(peer in (DNS, NODE_DNS) for peer in rule.get("to", [None]))
    ]


def nothing_leaves_unnamed(objects: list[Object]) -> list[str]:
    """Pods connect only to named pods, or outside by a policy made for it: a break-in reaches little."""
    wrong = []
    for name, rule in rules(objects, "egress"):
        if not ports(rule):
            wrong.append(f"NetworkPolicy {name}: every port is reached")
        elif HTTPS in ports(rule) and name not in (NEW_RELIC, API):
            wrong.append(f"NetworkPolicy {name}: HTTPS outside of components/{NEW_RELIC}")
        elif (
            name not in OUTSIDE
            and ports(rule) != {DNS_PORT}
            and not all(names_pods(peer) for peer in rule.get("to", [{}]))
        ):
            wrong.append(f"NetworkPolicy {name}: {rule.get('to', 'everything')} is reached")
    return wrong


def only_who_needs_it_gets_in(objects: list[Object]) -> list[str]:
    """Only named pods connect, on named ports, so that no neighbour writes votes; users enter by a door."""
    wrong = []
    for name, rule in rules(objects, "ingress"):
        if not ports(rule):
            wrong.append(f"NetworkPolicy {name}: every port is open")
        elif name not in DOORS and not all(names_pods(peer) for peer in rule.get("from", [{}])):
            wrong.append(f"NetworkPolicy {name}: {rule.get('from', 'everyone')} gets in")
    return wrong


def names_pods(peer: Object) -> bool:
    """Whether a peer is pods by their labels, not a namespace or an address."""
    return bool(peer.get("podSelector"))
