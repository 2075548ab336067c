"""The table of who may connect to whom in an environment, for people and for the story that tries it."""

from k8s.policies.objects import Object
from k8s.policies.reach import Pod, allows, started

STORES, PLATFORM = ("redis", "postgres"), ("apm", "prometheus")
API, API_PORT = "the API", 443


def services(pods: dict[str, Pod]) -> list[str]:
    """The services of the environment: pods that listen on a port called http, and are not the platform's."""
    return sorted(name for name, pod in pods.items() if "http" in pod.ports and name not in PLATFORM)


def targets(pods: dict[str, Pod]) -> dict[str, str]:
    """The name of the port that each target listens on: a store's is called as the store is."""
    return {name: name for name in STORES} | dict.fromkeys([*services(pods), *PLATFORM], "http")


def sources(objects: list[Object]) -> dict[str, Pod]:
    """The pods that connect: each role, and a stranger in the environment, in the platform and elsewhere."""
    pods = started(objects)
    roles = [*services(pods), "traffic", "analysis", "traefik", "prometheus", "apm"]
    found = {role: pods[role] for role in roles}
    for where, home in {"its namespace": pods["vote"], "the platform": pods["apm"]}.items():
        found[f"a stranger in {where}"] = Pod(home.namespace, {}, home.namespace_labels)
    found["a stranger elsewhere"] = Pod("default", {})
    return found


def table(objects: list[Object]) -> dict[str, dict[str, bool]]:
    """Whether each source may connect to each target, by an environment's manifests and the platform's."""
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
