"""Changes to pods, each with the policy that must catch it."""

from k8s import policies
from k8s.tests.conftest import NAME
from k8s.tests.manifests import config, job, pod, remove

MUTANTS = {
    "latest": (policies.images_are_pinned, lambda o: pod(o)["containers"][0].update(image="redis:latest")),
    "no tag": (
        policies.images_are_pinned,
        lambda o: pod(o)["containers"][0].update(image="ghcr.io/someone/vote"),
    ),
    "a tag of another shape": (
        policies.images_are_pinned,
        lambda o: pod(o)["containers"][0].update(image="ghcr.io/someone/vote:v2"),
    ),
    "a tag that is not shown": (
        policies.image_tags_are_shown,
        lambda o: pod(o)["containers"][0].update(image="localhost:5000/vote:1111111-20260101000000"),
    ),
    "a Job's latest": (
        policies.images_are_pinned,
        lambda o: job(o)[1]["template"]["spec"]["containers"][0].update(image="curlimages/curl:latest"),
    ),
    "root": (policies.pods_are_restricted, lambda o: pod(o)["securityContext"].update(runAsUser=0)),
    "may be root": (policies.pods_are_restricted, lambda o: pod(o)["securityContext"].pop("runAsNonRoot")),
    "no seccomp": (policies.pods_are_restricted, lambda o: pod(o)["securityContext"].pop("seccompProfile")),
    "host network": (policies.pods_are_restricted, lambda o: pod(o).update(hostNetwork=True)),
    "host path": (
        policies.pods_are_restricted,
        lambda o: pod(o)["volumes"].append({"name": "x", "hostPath": {}}),
    ),
    "host port": (
        policies.pods_are_restricted,
        lambda o: pod(o)["containers"][0]["ports"][0].update(hostPort=80),
    ),
    "capabilities": (
        policies.pods_are_restricted,
        lambda o: pod(o)["containers"][0]["securityContext"].pop("capabilities"),
    ),
    "escalation": (
        policies.pods_are_restricted,
        lambda o: pod(o)["containers"][0]["securityContext"].pop("allowPrivilegeEscalation"),
    ),
    "a writable root": (
        policies.pods_are_restricted,
        lambda o: job(o)[1]["template"]["spec"]["containers"][0]["securityContext"].pop(
            "readOnlyRootFilesystem"
        ),
    ),
    "no bound on memory": (policies.pods_are_restricted, lambda o: pod(o)["containers"][0].pop("resources")),
    "root in a container": (
        policies.pods_are_restricted,
        lambda o: pod(o)["containers"][0]["securityContext"].update(runAsUser=0, runAsNonRoot=False),
    ),
    "privileged": (
        policies.pods_are_restricted,
        lambda o: pod(o)["containers"][0]["securityContext"].update(privileged=True),
    ),
    "a container without seccomp": (
        policies.pods_are_restricted,
        lambda o: pod(o)["containers"][0]["securityContext"].update(seccompProfile={"type": "Unconfined"}),
    ),
    "host processes": (policies.pods_are_restricted, lambda o: pod(o).update(hostPID=True)),
    "service links": (
        policies.pods_get_no_token_or_service_links,
        lambda o: pod(o).pop("enableServiceLinks"),
    ),
    "a token": (
        policies.pods_get_no_token_or_service_links,
        lambda o: pod(o).pop("automountServiceAccountToken"),
    ),
    "a Secret": (
        policies.no_secret_values,
        lambda o: o.append({"kind": "Secret", "metadata": {"name": "x"}}),
    ),
    "a password": (
        policies.no_secret_values,
        lambda o: pod(o)["containers"][0]["env"].append({"name": "POSTGRES_PASSWORD", "value": "x"}),
    ),
    "a password in an address": (
        policies.no_secret_values,
        lambda o: pod(o)["containers"][0]["env"].append(
            {"name": "DATABASE_URL", "value": "postgresql://a:b@c/d"}
        ),
    ),
    "a token in a ConfigMap": (
        policies.no_secret_values,
        lambda o: config(o, f"{NAME}-config")["data"].update(API_TOKEN="x"),
    ),
    "no readiness": (policies.pods_are_probed, lambda o: pod(o)["containers"][0].pop("readinessProbe")),
    "no liveness": (policies.pods_are_probed, lambda o: pod(o)["containers"][0].pop("livenessProbe")),
    "no preStop": (policies.pods_shut_down_gracefully, lambda o: pod(o)["containers"][0].pop("lifecycle")),
    "no time to end": (
        policies.pods_shut_down_gracefully,
        lambda o: pod(o).update(terminationGracePeriodSeconds=0),
    ),
    "no spread": (policies.pods_shut_down_gracefully, lambda o: pod(o).pop("topologySpreadConstraints")),
    "no budget": (policies.pods_shut_down_gracefully, lambda o: remove(o, "PodDisruptionBudget", "result")),
}
