import pytest

from delivery.domain.workloads import describe, ready, weight

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
        READY["status"] | {"replicas": 3},  # an old pod still exists
    ],
)
def test_anything_less_is_not(status):
    assert not ready(READY | {"status": status})


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"setWeight": 20}, "setWeight 20 %"),
        ({"pause": {}}, "pause until promoted"),
        ({"pause": None}, "pause until promoted"),
        ({"pause": {"duration": "2m"}}, "pause 2m"),
        ({"analysis": {"templates": [{"templateName": "a"}, {"templateName": "b"}]}}, "analysis a, b"),
    ],
)
def test_steps_in_words(step, words):
    assert describe(step) == words


def test_the_weight_is_the_last_one_set():
    steps = [{"pause": {}}, {"setWeight": 20}, {"pause": {}}, {"setWeight": 50}]

    assert [weight(steps, step) for step in range(5)] == [0, 20, 20, 50, 100]
    assert weight([], 0) == 100
