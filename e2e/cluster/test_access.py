"""The permissions of the platform's service accounts, according to the API server."""

import json

import pytest

from delivery.domain.settings import Settings
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
