"""Changes to NetworkPolicies that allow too much, each with the policy that must catch it."""

from k8s import policies
from k8s.tests.manifests import egress, ingress

MUTANTS = {
    "DNS everywhere": (
        policies.dns_stays_in_the_cluster,
        lambda o: egress(o, "allow-dns")[0].pop("to"),
    ),
    "DNS to all of kube-system": (
        policies.dns_stays_in_the_cluster,
        lambda o: egress(o, "allow-dns")[0]["to"][0].pop("podSelector"),
    ),
    "HTTPS without New Relic": (
        policies.egress_is_restricted,
        lambda o: egress(o, "analysis").append({"ports": [{"port": 443}]}),
    ),
    "HTTPS to a named pod": (
        policies.egress_is_restricted,
        lambda o: egress(o, "analysis")[0]["ports"].append({"port": 443}),
    ),
    "out to the whole world": (policies.egress_is_restricted, lambda o: egress(o, "vote")[0].pop("to")),
    "out to every port": (policies.egress_is_restricted, lambda o: egress(o, "vote")[0].pop("ports")),
    "out to addresses": (
        policies.egress_is_restricted,
        lambda o: egress(o, "vote")[0].update(to=[{"ipBlock": {"cidr": "0.0.0.0/0"}}]),
    ),
    "the whole platform gets in": (
        policies.ingress_is_restricted,
        lambda o: ingress(o, "vote")[0]["from"][0].pop("podSelector"),
    ),
    "everyone gets in": (policies.ingress_is_restricted, lambda o: ingress(o, "redis")[0].pop("from")),
    "in at every port": (policies.ingress_is_restricted, lambda o: ingress(o, "vote")[0].pop("ports")),
    "HTTPS by another name": (
        policies.egress_is_restricted,
        lambda o: egress(o, "vote").append({"ports": [{"port": 443}]}),
    ),
}
