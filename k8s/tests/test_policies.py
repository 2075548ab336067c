"""Each policy catches a manifest that breaks it, made from a real one."""

import copy

import pytest

from k8s import policies
from k8s.policies.objects import named
from k8s.tests.conftest import K8S, NAME

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]


@pytest.fixture(scope="session")
def rendered(render):
    return {name: render(K8S / "overlays" / name) for name in ("qa", "staging")}


def of(objects, kind, name):
    return named(objects, kind)[name]


def template(objects, name):
    return of(objects, "AnalysisTemplate", f"{NAME}-{name}")


def config(objects, name):
    """A generated ConfigMap; the hash of its content ends its name."""
    (found,) = [each for key, each in named(objects, "ConfigMap").items() if key.startswith(f"{name}-")]
    return found


def pod(objects):
    return of(objects, "Rollout", "vote")["spec"]["template"]["spec"]


def job(objects):
    metric = error_rate(objects)["metrics"][0]
    return metric, metric["provider"]["job"]["spec"]


def argument(part, name):
    return next(each for each in part["args"] if each["name"] == name)


def error_rate(objects):
    return template(objects, "error-rate")["spec"]


def canary(objects):
    return of(objects, "Rollout", "vote")["spec"]["strategy"]["canary"]


def egress(objects, name):
    return of(objects, "NetworkPolicy", name)["spec"]["egress"]


def ingress(objects, name):
    return of(objects, "NetworkPolicy", name)["spec"]["ingress"]


def remove(objects, kind, name):
    objects.remove(of(objects, kind, name))


def cluster_role(resource, verb):
    rule = {"resources": [resource], "verbs": [verb]}
    return {"kind": "ClusterRole", "metadata": {"name": "x"}, "rules": [rule]}


def health_only(analysis):
    analysis["templates"] = [{"templateName": f"{NAME}-health-check"}]


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
    "service links": (policies.pods_are_left_alone, lambda o: pod(o).pop("enableServiceLinks")),
    "a token": (policies.pods_are_left_alone, lambda o: pod(o).pop("automountServiceAccountToken")),
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
    "every failure forgiven": (policies.limits_can_fail, lambda o: job(o)[0].update(count=1, failureLimit=1)),
    "no limit": (policies.limits_can_fail, lambda o: job(o)[0].update(failureLimit=-1)),
    "a thousand failures forgiven": (
        policies.limits_can_fail,
        lambda o: job(o)[0].update(failureLimit=1000),
    ),
    "a threshold that nothing reaches": (
        policies.limits_can_fail,
        lambda o: argument(error_rate(o), "error-threshold").update(value="101"),
    ),
    "a threshold that a Rollout gives": (
        policies.limits_can_fail,
        lambda o: canary(o)["analysis"]["args"].append({"name": "error-threshold", "value": "100"}),
    ),
    "no requests are enough": (
        policies.limits_can_fail,
        lambda o: argument(error_rate(o), "min-requests").update(value="0"),
    ),
    "a background analysis that begins too late": (
        policies.background_begins_in_time,
        lambda o: argument(canary(o)["analysis"], "initial-delay").update(value="1h"),
    ),
    "a background analysis that measures once": (
        policies.limits_can_fail,
        lambda o: argument(canary(o)["analysis"], "count").update(value="1"),
    ),
    "users enter by the stable release's Service": (
        policies.entry_has_every_release,
        lambda o: canary(o).update(stableService="vote"),
    ),
    "a release that never runs and stays": (
        policies.bad_releases_are_aborted,
        lambda o: of(o, "Rollout", "vote")["spec"].update(progressDeadlineAbort=False),
    ),
    "no readiness": (policies.pods_are_probed, lambda o: pod(o)["containers"][0].pop("readinessProbe")),
    "no liveness": (policies.pods_are_probed, lambda o: pod(o)["containers"][0].pop("livenessProbe")),
    "no preStop": (policies.pods_leave_gracefully, lambda o: pod(o)["containers"][0].pop("lifecycle")),
    "no time to end": (
        policies.pods_leave_gracefully,
        lambda o: pod(o).update(terminationGracePeriodSeconds=0),
    ),
    "no spread": (policies.pods_leave_gracefully, lambda o: pod(o).pop("topologySpreadConstraints")),
    "no budget": (policies.pods_leave_gracefully, lambda o: remove(o, "PodDisruptionBudget", "result")),
    "nothing denied": (policies.pods_are_isolated, lambda o: remove(o, "NetworkPolicy", "default-deny")),
    "a pod without a policy": (policies.pods_are_isolated, lambda o: remove(o, "NetworkPolicy", "worker")),
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
    "a second try": (policies.limits_can_fail, lambda o: job(o)[1].pop("backoffLimit")),
    "a Job that hangs": (policies.limits_can_fail, lambda o: job(o)[1].pop("activeDeadlineSeconds")),
    "a Job that restarts": (
        policies.limits_can_fail,
        lambda o: job(o)[1]["template"]["spec"].update(restartPolicy="OnFailure"),
    ),
    "no background analysis": (policies.releases_are_judged, lambda o: canary(o).pop("analysis")),
    "health alone beside the steps": (
        policies.releases_are_judged,
        lambda o: health_only(canary(o)["analysis"]),
    ),
    "health alone at the end": (
        policies.releases_are_judged,
        lambda o: health_only(canary(o)["steps"][-1]["analysis"]),
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_policy_catches_it(rendered, name):
    policy, break_it = MUTANTS[name]
    objects = copy.deepcopy(rendered["qa"])
    assert policy(objects) == []

    break_it(objects)

    assert policy(objects) != []


@pytest.mark.parametrize("value", [True, None])
def test_a_release_that_promotes_itself_is_caught(rendered, value):
    objects = copy.deepcopy(rendered["staging"])

    of(objects, "Rollout", "vote")["spec"]["strategy"]["blueGreen"]["autoPromotionEnabled"] = value

    assert policies.promotion_is_manual(objects) == ["vote"]


def test_a_preview_that_nobody_judges_is_caught(rendered):
    objects = copy.deepcopy(rendered["staging"])

    del of(objects, "Rollout", "vote")["spec"]["strategy"]["blueGreen"]["prePromotionAnalysis"]

    assert policies.releases_are_judged(objects) != []


def test_every_policy_has_a_mutant():
    caught = {policy for policy, _ in MUTANTS.values()} | {policies.promotion_is_manual}

    assert caught == set(policies.ALL)


def test_the_address_of_a_node_local_dns_cache_is_no_stray(rendered):
    objects = copy.deepcopy(rendered["qa"])

    egress(objects, "allow-dns")[0]["to"].append({"ipBlock": {"cidr": "169.254.20.10/32"}})

    assert [policy.__name__ for policy in policies.ALL if policy(objects)] == []
