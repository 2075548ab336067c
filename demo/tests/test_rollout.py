import pytest

from delivery.errors import GateError, TimedOutError
from delivery.programs import ToolError
from demo import waiting
from demo.rollout import Pods, describe, image_tag, wait_for, weight

STABLE, CANARY = "5f7b65fdd7", "76f5947c9"
OLD_TAG, NEW_TAG = "3518ad4-20261124005949", "3518ad4-20261124010031"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(waiting, "PAUSE_S", 0)


def test_a_paused_canary(state):
    paused = state("canary-paused")

    assert paused.paused
    assert not paused.healthy
    assert (paused.stable, paused.canary, paused.release) == (STABLE, CANARY, CANARY)
    assert (paused.step, paused.steps, paused.weight, paused.doing) == (1, 8, 20, "pause 30s")
    assert paused.pods == (Pods(STABLE, OLD_TAG, 4, 4), Pods(CANARY, NEW_TAG, 1, 1))
    assert (paused.tag, paused.stable_tag) == (NEW_TAG, OLD_TAG)
    assert [each.phase for each in paused.analyses] == ["Running"]


def test_a_canary_at_an_analysis(state):
    analysed = state("canary-analysis")

    assert (analysed.step, analysed.weight) == (2, 20)
    assert analysed.doing == "analysis voting01-health-check"
    assert not analysed.paused


def test_an_aborted_canary(state):
    aborted = state("canary-aborted")

    assert aborted.aborted
    assert (aborted.phase, aborted.weight) == ("Degraded", 0)
    assert aborted.message.startswith("RolloutAborted: Rollout aborted update to revision 2")
    assert (aborted.stable, aborted.canary) == (STABLE, CANARY)
    assert [each.phase for each in aborted.analyses] == ["Failed", "Successful"]
    assert aborted.analyses[0].message.startswith('Metric "error-rate" assessed Failed')


def test_a_reverted_canary_is_healthy(state):
    reverted = state("canary-reverted")

    assert reverted.healthy
    assert (reverted.stable, reverted.canary, reverted.doing) == (STABLE, "", "")
    assert reverted.weight == 100
    assert reverted.pods_of(STABLE) == Pods(STABLE, OLD_TAG, 5, 5)
    assert reverted.pods_of("gone") == Pods("gone", "", 0, 0)


def test_a_blue_green_release_waits_for_a_person(state):
    paused = state("blue-green-paused")

    assert paused.paused
    assert (paused.active, paused.preview) == (paused.stable, paused.canary) == ("5bc8bd9bfd", "58b577db46")
    assert (paused.steps, paused.doing) == (0, "")
    assert paused.message == "BlueGreenPause"
    assert [each.phase for each in paused.analyses] == ["Successful"]


def test_an_aborted_blue_green_release_is_still_the_preview(state):
    aborted = state("blue-green-aborted")

    assert aborted.aborted
    assert (aborted.active, aborted.preview) == ("58b577db46", "7fdfbfdc66")
    assert aborted.stable_tag == "bccaa14-20261124015450"


def test_healthy_is_of_the_release_before_until_the_controller_has_looked(state):
    unseen = state("blue-green-unseen")  # just after the deployment of the third release

    assert unseen.phase == "Healthy"
    assert unseen.tag == "bccaa14-20261124015646"
    assert not unseen.current
    assert not unseen.healthy


def test_healthy_says_nothing_while_the_controller_has_not_looked(state):
    stale = state("canary-reverted", lambda rollout: rollout["metadata"].update(generation=99))

    assert not stale.current
    assert not stale.healthy


def test_a_rollout_that_nobody_has_looked_at_yet(state):
    fresh = state("canary-reverted", lambda rollout: rollout.pop("status"))

    assert (fresh.phase, fresh.current, fresh.release, fresh.aborted) == ("", False, "", False)


@pytest.mark.parametrize(
    ("step", "expected"), [(0, 20), (1, 20), (2, 20), (3, 50), (4, 50), (6, 100), (7, 100), (8, 100)]
)
def test_the_weight_is_the_last_one_set(recorded, step, expected):
    (rollout,) = recorded("canary-paused", "Rollout")

    assert weight(rollout["spec"]["strategy"]["canary"]["steps"], step) == expected


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"setWeight": 20}, "setWeight 20"),
        ({"pause": {"duration": "2m"}}, "pause 2m"),
        ({"pause": {}}, "pause until promoted"),
        ({"pause": None}, "pause until promoted"),
    ],
)
def test_steps_in_words(step, said):
    assert describe(step) == said


@pytest.mark.parametrize(
    "image", ["ghcr.io/a/vote:1", "localhost:5000/vote:1", f"ghcr.io/a/vote:1@sha256:{'a' * 64}"]
)
def test_the_tag_of_an_image(image):
    assert image_tag({"template": {"spec": {"containers": [{"image": image}]}}}) == "1"


def looking(*states):
    """A look that sees these, one after the other; an exception is raised."""
    left = iter(states)

    def look():
        seen = next(left)
        if isinstance(seen, Exception):
            raise seen
        return seen

    return look


def test_waiting_ignores_what_was_before_the_newest_specification(state):
    stale = state("canary-reverted", lambda rollout: rollout["metadata"].update(generation=99))
    now = state("canary-reverted")

    found = wait_for(
        looking(stale, ToolError("away"), now), lambda each: each.phase == "Healthy", what="Healthy"
    )

    assert found is now


def test_waiting_ignores_other_releases(state):
    before, now = state("canary-reverted"), state("canary-paused")
    seen = []

    found = wait_for(looking(before, now), lambda _: True, what="it", release=CANARY, seen=seen.append)

    assert found is now
    assert seen == [before, now]


def test_an_abort_ends_the_waiting_for_anything_else(state):
    with pytest.raises(
        GateError, match=rf"{NEW_TAG} was aborted before it is Healthy: RolloutAborted"
    ) as caught:
        wait_for(
            looking(state("canary-paused"), state("canary-aborted")),
            lambda each: each.healthy,
            what="it is Healthy",
        )
    assert caught.value.exit_code == 4


def test_an_abort_may_be_what_is_waited_for(state):
    assert wait_for(looking(state("canary-aborted")), lambda each: each.aborted, what="the abort").aborted


def test_too_late_it_says_where_the_rollout_stands(state):
    paused = state("canary-paused")

    with pytest.raises(TimedOutError, match="it is Healthy; it is Paused CanaryPauseStep"):
        wait_for(lambda: paused, lambda each: each.healthy, what="it is Healthy", seconds=0.01)
