import pytest

from demo.workloads import bound, folder, ready

READY = {
    "metadata": {"generation": 3},
    "spec": {"replicas": 2},
    "status": {"observedGeneration": 3, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2},
}


def test_a_workload_is_ready_with_all_its_newest_pods():
    assert ready(READY)


@pytest.mark.parametrize(
    "status",
    [
        {},
        READY["status"] | {"observedGeneration": 2},
        READY["status"] | {"readyReplicas": 1},
        READY["status"] | {"updatedReplicas": 1},
        READY["status"] | {"replicas": 3},  # an old one is still there
    ],
)
def test_anything_less_is_not(status):
    assert not ready(READY | {"status": status})


SERVERS = [{"kind": "StatefulSet", "spec": {"replicas": 1, "volumeClaimTemplates": [{}]}}] * 2


@pytest.mark.parametrize(
    ("phases", "all_there"),
    [([], False), (["Bound"], False), (["Bound", "Pending"], False), (["Bound", "Bound"], True)],
)
def test_volumes_are_there_once_every_claim_is_made_and_bound(phases, all_there):
    claims = [{"kind": "PersistentVolumeClaim", "status": {"phase": phase}} for phase in phases]

    assert bound(SERVERS + claims) == all_there


def test_servers_without_volumes_wait_for_none():
    assert bound([{"kind": "StatefulSet", "spec": {"replicas": 1}}])


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"hostPath": {"path": "/var/a"}}, "/var/a"),
        ({"local": {"path": "/var/b"}}, "/var/b"),
        ({"csi": {}}, ""),
    ],
)
def test_the_folder_of_a_volume_on_its_node(spec, path):
    assert folder({"spec": spec}) == path
