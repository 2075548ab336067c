"""Finds and changes parts of rendered manifests, for the mutants."""

from k8s.policies.objects import named
from k8s.tests.conftest import NAME


def of(objects, kind, name):
    return named(objects, kind)[name]


def template(objects, name):
    return of(objects, "AnalysisTemplate", f"{NAME}-{name}")


def config(objects, name):
    """A generated ConfigMap, whose name ends with a hash of its content."""
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
