"""What a service account may do, according to the API server."""

import json

from demo.cluster import Cluster

Rules = dict[tuple[str, str], set[str]]  # verbs by API group and resource


def rules(cluster: Cluster, account: str, namespace: str) -> Rules:
    """All that an account, NAMESPACE:NAME, may do in a namespace, except what every account may ask."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",  # what `kubectl auth can-i --list` prints
        "spec": {"namespace": namespace},
    }
    create = ("create", "--filename=-", "--output=json", "--validate=false")  # it may not list CRDs
    said = cluster.kubectl(*create, f"--as=system:serviceaccount:{account}", stdin=json.dumps(review))
    return {
        (group, "/".join([resource, *each.get("resourceNames", [])])): set(each["verbs"])
        for each in json.loads(said)["status"]["resourceRules"]
        for group in each["apiGroups"]
        for resource in each["resources"]
        if group not in ("authorization.k8s.io", "authentication.k8s.io")
    }
