"""Tries every pair of the table in k8s/README on the cluster: who can connect, and who cannot."""

import json
import secrets

import pytest

from delivery.adapters.polling import until
from demo import kustomization
from k8s.policies.reach import NAME, started
from k8s.policies.reach_table import API, API_PORT, sources, table, targets

SETTLED_S = 15  # by then the node has the rules for a new pod; earlier results are meaningless
PATIENCE_S = 90
# Tries to connect to every target, once a second, and prints which targets accepted.
PROBE = """
import concurrent.futures, json, socket, sys, time

def connects(address):
    try:
        socket.create_connection(address, timeout=2).close()
    except OSError:
        return False
    return True

targets, began = json.loads(sys.argv[1]), time.monotonic()
with concurrent.futures.ThreadPoolExecutor(len(targets)) as pool:
    while True:
        at = time.monotonic() - began
        reached = dict(zip(targets, pool.map(connects, map(tuple, targets.values()))))
        print(json.dumps({"at": at, "reached": reached}), flush=True)
        time.sleep(1)
"""


@pytest.fixture(scope="module")
def manifests():
    """The manifests of an environment and of the platform, from which the table is built."""
    return [*kustomization.rendered("platform"), *kustomization.rendered("overlays/qa")]


@pytest.fixture
def addresses(cluster, manifests):
    """The address of each target: the IP of one of its pods and the container's port."""
    found, pods = {}, started(manifests)
    for name, port in targets(pods).items():
        target = pods[name]
        pod = next(
            each
            for each in cluster.kubectl.objects("pods", target.namespace, f"--selector={NAME}={name}")
            if each["status"]["phase"] == "Running" and "deletionTimestamp" not in each["metadata"]
        )
        found[name] = (pod["status"]["podIP"], target.ports[port])
    api = cluster.kubectl.objects("services", "default", "--field-selector=metadata.name=kubernetes")
    return found | {API: (api[0]["spec"]["clusterIP"], API_PORT)}


@pytest.fixture
def probes(cluster, env, manifests, addresses):
    """A pod per source, with its labels; it is never Ready, so no Service selects it."""
    image = f"{kustomization.ours(manifests)['vote']}:{env.tag}"
    mark, pods = secrets.token_hex(3), {}
    for number, (role, source) in enumerate(sources(manifests).items()):
        pods[role] = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": f"probe-{mark}-{number}",
                "namespace": source.namespace,
                "labels": source.labels,
            },
            "spec": {
                "terminationGracePeriodSeconds": 0,
                "automountServiceAccountToken": False,
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 10001,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [
                    {
                        "name": "probe",
                        "image": image,
                        "command": ["python", "-c", PROBE, json.dumps(addresses)],
                        "readinessProbe": {"exec": {"command": ["false"]}, "periodSeconds": 60},
                        "resources": {
                            "requests": {"cpu": "5m", "memory": "32Mi"},
                            "limits": {"memory": "64Mi"},
                        },
                        "securityContext": {
                            "allowPrivilegeEscalation": False,
                            "capabilities": {"drop": ["ALL"]},
                            "readOnlyRootFilesystem": True,
                        },
                    }
                ],
            },
        }
    wanted = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(pods.values())})
    cluster.kubectl.apply(wanted)
    yield {role: pod["metadata"] for role, pod in pods.items()}
    cluster.kubectl("delete", "--filename=-", "--ignore-not-found", stdin=wanted, seconds=60)


def test_pods_reach_the_targets_of_the_table_and_no_others(cluster, manifests, probes, figure):
    wanted, found = table(manifests), {}

    def as_the_table_says():
        for role, pod in probes.items():
            log = cluster.kubectl("logs", pod["name"], f"--namespace={pod['namespace']}", "--tail=1")
            for said in map(json.loads, log.splitlines()):  # empty before the first attempt
                if said["at"] >= SETTLED_S:
                    found[role] = said["reached"]
        return found == wanted

    def differences():
        wrong = [
            f"{role} -> {name}: {'open' if reached else 'refused'}"
            for role in wanted
            for name, reached in found.get(role, {}).items()
            if reached != wanted[role][name]
        ]
        return "; ".join([*wrong, *(f"{role} has no result" for role in sorted(wanted.keys() - found))])

    until(as_the_table_says, what="the cluster matches the table", seconds=PATIENCE_S, why=differences)
    figure("pairs tried", sum(map(len, found.values())))
