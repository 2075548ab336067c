"""Policies for service accounts and their permissions."""

from k8s.policies.objects import Object, named

CLUSTER_WIDE = {"ingressclasses", "nodes", "pods"}  # they contain no secrets
READ = {"get", "list", "watch"}


def access_stays_in_namespaces(objects: list[Object]) -> list[str]:
    """Cluster-wide, accounts only read what has no secrets: other namespaces may belong to other teams."""
    roles = named(objects, "ClusterRole")
    wrong = [
        f"ClusterRole {name}: {verb} {resource}"
        for name, role in roles.items()
        for rule in role["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        if resource not in CLUSTER_WIDE or verb not in READ
    ]
    return wrong + [
        f"{kind} {name}: {each['roleRef']['name']} is not one of our roles"
        for kind in ("ClusterRoleBinding", "RoleBinding")
        for name, each in named(objects, kind).items()
        if each["roleRef"]["name"] not in named(objects, each["roleRef"]["kind"])
    ]
