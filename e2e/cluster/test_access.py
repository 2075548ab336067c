"""The permissions of the platform's service accounts, according to the API server."""

import json
import subprocess
from collections import Counter

import pytest

from delivery.domain.settings import Settings
from demo import access
from e2e.cluster.permissions import Rules, rules
from local.app import ROOT

SETTINGS = Settings.from_file(ROOT)
PLATFORM = SETTINGS.namespace("platform")
EVERYWHERE = ""
ELSEWHERE = [EVERYWHERE, "default", "kube-system", PLATFORM]


@pytest.fixture
def may_list(cluster):
    """Asks the API server whether a service account may list a resource in a namespace."""

    def ask(account: str, resource: str, namespace: str) -> bool:
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {
                "user": f"system:serviceaccount:{PLATFORM}:{account}",
                "resourceAttributes": {"verb": "list", "resource": resource, "namespace": namespace},
            },
        }
        said = cluster.kubectl("create", "--filename=-", "--output=json", stdin=json.dumps(review))
        allowed: bool = json.loads(said)["status"]["allowed"]
        return allowed

    return ask


@pytest.mark.parametrize(
    ("account", "resource", "ours"),
    [("traefik", "secrets", True), ("prometheus", "secrets", False), ("apm", "secrets", False)],
)
def test_accounts_read_the_environments_and_nothing_else(may_list, account, resource, ours):
    environments = [SETTINGS.namespace(env) for env in SETTINGS.env_names]

    assert {each: may_list(account, resource, each) for each in environments} == dict.fromkeys(
        environments, ours
    )
    assert not any(may_list(account, resource, each) for each in ELSEWHERE)


READS = {
    ("argoproj.io", "analysisruns"): {"list", "watch"},
    ("argoproj.io", "rollouts"): {"list", "watch"},
    ("apps", "replicasets"): {"list", "watch"},
    ("", "pods"): {"list"},
    ("", "pods/log"): {"get"},
}


def test_the_release_view_reads_releases_and_asks_apm_and_changes_nothing(cluster):
    def may(namespace: str) -> Rules:
        return rules(cluster, f"{PLATFORM}:stage", namespace)

    for env in SETTINGS.env_names:
        assert may(SETTINGS.namespace(env)) == READS
    assert may(PLATFORM) == {("", "services/proxy/apm:http"): {"get"}}
    assert [may(each) for each in ("default", "kube-system")] == [{}, {}]


def test_a_cluster_from_before_the_release_view_gets_its_account_and_nothing_else(cluster):
    command = access.add(cluster.kubectl.context).split()

    done = subprocess.run(
        [*command, "--dry-run=server", "--output=name"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    kinds = Counter(line.split("/")[0].split(".")[0] for line in done.stdout.splitlines())
    namespaces = len(SETTINGS.env_names) + 1
    assert kinds == {"serviceaccount": 1, "role": namespaces, "rolebinding": namespaces}
