"""What service accounts may do."""

from k8s.policies.objects import Object, named

CLUSTER_WIDE = {"ingressclasses", "nodes", "pods"}  # no secret is in them
READ = {"get", "list", "watch"}


def access_stays_in_namespaces(objects: list[Object]) -> list[str]:
    """No account reads another team's namespace, which holds secrets; only its pods, which have none."""
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
        f"{kind} {name}: {each['roleRef']['name']} is no role of ours"
        for kind in ("ClusterRoleBinding", "RoleBinding")
        for name, each in named(objects, kind).items()
        if each["roleRef"]["name"] not in named(objects, each["roleRef"]["kind"])
    ]
