"""References to missing objects, and too many permissions, each with the policy that must catch it."""

from k8s import policies
from k8s.tests.conftest import NAME
from k8s.tests.manifests import cluster_role, config, of, pod, remove, template

MUTANTS = {
    "no template": (
        policies.references_exist,
        lambda o: o.remove(template(o, "canary-analysis")),
    ),
    "no part of a template": (
        policies.references_exist,
        lambda o: o.remove(template(o, "health-check")),
    ),
    "no canary Service": (policies.references_exist, lambda o: remove(o, "Service", "vote-canary")),
    "no Service behind a page": (policies.references_exist, lambda o: remove(o, "Service", "result")),
    "no script": (policies.references_exist, lambda o: o.remove(config(o, "analysis"))),
    "an optional ConfigMap without the hash of its content": (
        policies.references_exist,
        lambda o: pod(o)["containers"][0]["envFrom"][0]["configMapRef"].update(name=f"{NAME}-config"),
    ),
    "no account": (policies.references_exist, lambda o: remove(o, "ServiceAccount", "analysis")),
    "a Service of nothing": (
        policies.services_find_pods,
        lambda o: of(o, "Service", "vote")["spec"]["selector"].update({"app.kubernetes.io/name": "vot"}),
    ),
    "a network policy of nothing": (
        policies.services_find_pods,
        lambda o: of(o, "NetworkPolicy", "analysis")["spec"]["podSelector"]["matchLabels"].update(x="y"),
    ),
    "nothing denied": (policies.pods_are_isolated, lambda o: remove(o, "NetworkPolicy", "default-deny")),
    "a pod without a policy": (policies.pods_are_isolated, lambda o: remove(o, "NetworkPolicy", "worker")),
    "the secrets of the whole cluster": (
        policies.access_stays_in_namespaces,
        lambda o: o.append(cluster_role("secrets", "list")),
    ),
    "deleting nodes": (
        policies.access_stays_in_namespaces,
        lambda o: o.append(cluster_role("nodes", "delete")),
    ),
    "an administrator": (
        policies.access_stays_in_namespaces,
        lambda o: o.append(
            {
                "kind": "ClusterRoleBinding",
                "metadata": {"name": "x"},
                "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"},
            }
        ),
    ),
}
