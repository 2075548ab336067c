import json
from pathlib import Path

import pytest

from stage.cluster import described
from stage.rollout import State

RECORDED = Path(__file__).parents[2] / "delivery/tests/recorded"


def looks(name):
    for look in json.loads((RECORDED / name).read_text())["observations"]:
        yield described(State.read(look["objects"]))


def test_users_reach_no_preview_until_it_is_active():
    seen = list(looks("blue-green.json"))

    waiting = [each for each in seen if each["release"] != each["stable"]]
    assert waiting
    assert {each["weight"] for each in waiting} == {0}
    assert seen[-1]["weight"] == 100
    assert {pod["role"] for each in seen for pod in each["pods"]} == {"active", "preview", "old"}


@pytest.mark.parametrize("name", ["canary.json", "blue-green.json"])
def test_every_observation_is_json_and_no_old_release_without_pods_is_shown(name):
    for each in looks(name):
        assert json.loads(json.dumps(each)) == each
        assert all(
            pod["wanted"] or pod["ready"] or pod["role"] in ("canary", "preview") for pod in each["pods"]
        )
