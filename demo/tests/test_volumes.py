import pytest

from demo.volumes import bound, folder

SERVERS = [{"kind": "StatefulSet", "spec": {"replicas": 1, "volumeClaimTemplates": [{}]}}] * 2


@pytest.mark.parametrize(
    ("phases", "all_there"),
    [([], False), (["Bound"], False), (["Bound", "Pending"], False), (["Bound", "Bound"], True)],
)
def test_volumes_are_bound_once_every_claim_exists_and_is_bound(phases, all_there):
    claims = [{"kind": "PersistentVolumeClaim", "status": {"phase": phase}} for phase in phases]

    assert bound(SERVERS + claims) == all_there


def test_statefulsets_without_volumes_do_not_wait():
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
