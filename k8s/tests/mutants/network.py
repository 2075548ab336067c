"""Network policies that let too much through: which policy says so, and the change."""

from k8s import policies
from k8s.tests.manifests import egress, ingress

MUTANTS = {
    "DNS everywhere": (
        policies.names_are_asked_of_the_cluster,
        lambda o: egress(o, "allow-dns")[0].pop("to"),
    ),
    "DNS to all of kube-system": (
        policies.names_are_asked_of_the_cluster,
        lambda o: egress(o, "allow-dns")[0]["to"][0].pop("podSelector"),
    ),
    "HTTPS without New Relic": (
        policies.nothing_leaves_unnamed,
        lambda o: egress(o, "analysis").append({"ports": [{"port": 443}]}),
    ),
    "HTTPS to a named pod": (
        policies.nothing_leaves_unnamed,
        lambda o: egress(o, "analysis")[0]["ports"].append({"port": 443}),
    ),
    "out to the whole world": (policies.nothing_leaves_unnamed, lambda o: egress(o, "vote")[0].pop("to")),
    "out to every port": (policies.nothing_leaves_unnamed, lambda o: egress(o, "vote")[0].pop("ports")),
    "out to addresses": (
        policies.nothing_leaves_unnamed,
        lambda o: egress(o, "vote")[0].update(to=[{"ipBlock": {"cidr": "0.0.0.0/0"}}]),
    ),
    "the whole platform gets in": (
        policies.only_who_needs_it_gets_in,
        lambda o: ingress(o, "vote")[0]["from"][0].pop("podSelector"),
    ),
    "everyone gets in": (policies.only_who_needs_it_gets_in, lambda o: ingress(o, "redis")[0].pop("from")),
    "in at every port": (policies.only_who_needs_it_gets_in, lambda o: ingress(o, "vote")[0].pop("ports")),
    "HTTPS by another name": (
        policies.nothing_leaves_unnamed,
        lambda o: egress(o, "vote").append({"ports": [{"port": 443}]}),
    ),
}
