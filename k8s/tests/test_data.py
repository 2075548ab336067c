"""Where votes are kept, and who may read them."""

import pytest

from k8s.policies.objects import named
from k8s.tests.conftest import ENVIRONMENTS, NAME

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]


def test_managed_data_leaves_no_server_and_reads_a_secret(overlay):
    objects = overlay("qa", "managed-data")

    assert not named(objects, "StatefulSet")
    read = {
        (each["metadata"]["name"], variable["name"]): variable["valueFrom"]["secretKeyRef"]
        for each in objects
        if each["kind"] in ("Deployment", "Rollout")
        for variable in each["spec"]["template"]["spec"]["containers"][0].get("env", [])
        if "secretKeyRef" in variable.get("valueFrom", {})
    }
    services = {
        ("vote", "REDIS_URL"),
        ("worker", "REDIS_URL"),
        ("worker", "DATABASE_URL"),
        ("result", "DATABASE_URL"),
    }
    assert read == {each: {"name": f"{NAME}-managed-data", "key": each[1]} for each in services}
    assert "POSTGRES_PASSWORD" not in str(objects)
    assert "redis://redis:6379" not in str(objects)


def test_managed_data_mounts_the_authorities_and_no_address(overlay):
    """A file of DATABASE_URL would hand vote the password of the database."""
    objects = overlay("qa", "managed-data")

    for kind, name in (("Rollout", "vote"), ("Deployment", "worker"), ("Deployment", "result")):
        pod = named(objects, kind)[name]["spec"]["template"]["spec"]
        (volume,) = [each for each in pod["volumes"] if "secret" in each]
        (mount,) = [each for each in pod["containers"][0]["volumeMounts"] if each["name"] == volume["name"]]
        assert volume["secret"]["items"] == [{"key": "ca.crt", "path": "ca.crt"}]
        assert mount["mountPath"] == "/etc/managed-data"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_database_password_goes_to_three_workloads(overlay, name):
    holders = {
        each["metadata"]["name"] for each in overlay(name) if f"{NAME}-database" in str(each.get("spec"))
    }

    assert holders == {"worker", "result", "postgres"}


def test_ephemeral_data_claims_no_volume(overlay):
    for server in named(overlay("dev", "ephemeral-data"), "StatefulSet").values():
        assert "volumeClaimTemplates" not in server["spec"]
        assert {"name": "data", "emptyDir": {}} in server["spec"]["template"]["spec"]["volumes"]
