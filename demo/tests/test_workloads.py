import pytest

from demo.workloads import folder, ready

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
