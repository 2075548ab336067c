"""The table of which pods may connect to which in an environment, for k8s/README and a cluster test."""

from k8s.policies.objects import Object
from k8s.policies.reach import Pod, allows, started

STORES, PLATFORM = ("redis", "postgres"), ("apm", "prometheus")
API, API_PORT = "the API", 443


def services(pods: dict[str, Pod]) -> list[str]:
    """The environment's services: pods with a port called http, except those of the platform."""
    return sorted(name for name, pod in pods.items() if "http" in pod.ports and name not in PLATFORM)


def targets(pods: dict[str, Pod]) -> dict[str, str]:
    """The name of each target's port; the port of Redis or PostgreSQL has the server's name."""
    return {name: name for name in STORES} | dict.fromkeys([*services(pods), *PLATFORM], "http")


def sources(objects: list[Object]) -> dict[str, Pod]:
    """The pods that try to connect: one of each role, and strangers in both namespaces and elsewhere."""
    pods = started(objects)
    roles = [*services(pods), "traffic", "analysis", "traefik", "prometheus", "apm"]
    found = {role: pods[role] for role in roles}
    for where, home in {"its namespace": pods["vote"], "the platform": pods["apm"]}.items():
        found[f"a stranger in {where}"] = Pod(home.namespace, {}, home.namespace_labels)
    found["a stranger elsewhere"] = Pod("default", {})
    return found


def table(objects: list[Object]) -> dict[str, dict[str, bool]]:
    """Whether each source may connect to each target, given the manifests of environment and platform."""
    pods = started(objects)
    return {
        role: {
            **{
                name: allows(objects, source, pods[name], pods[name].ports[port])
                for name, port in targets(pods).items()
            },
            API: allows(objects, source, None, API_PORT),
        }
        for role, source in sources(objects).items()
    }


def markdown(allowed: dict[str, dict[str, bool]]) -> str:
    """The table for a README: a row for each source, a column for each target."""
    columns = list(next(iter(allowed.values())))
    lines = [["from \\ to", *columns], ["---"] * (len(columns) + 1)]
    lines += [[role, *("yes" if row[name] else "-" for name in columns)] for role, row in allowed.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
