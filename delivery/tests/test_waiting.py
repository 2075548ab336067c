from copy import deepcopy
from dataclasses import replace

import pytest

from delivery.domain import analysis, progress
from delivery.domain.errors import GateError, NothingToDoError, TimedOutError
from delivery.output import log_lines
from delivery.steps import watch

from .test_gates import ABORTED, PAUSED, TAG, state

RECORDED = "7e662f3-20261124013313"


def reached(goal, seen, *, unready=(), stuck=()):
    return progress.reached("qa", goal, TAG, seen, unready=list(unready), stuck=list(stuck))


@pytest.mark.parametrize(
    ("goal", "seen"),
    [
        ("healthy", state()),
        ("paused", state(**PAUSED)),
        ("paused", state(first=True)),  # the first release has nothing to be compared with
        ("seen", state(**ABORTED)),
    ],
)
def test_the_goal_is_reached(goal, seen):
    assert reached(goal, seen)


@pytest.mark.parametrize(
    ("goal", "seen"),
    [
        ("healthy", None),
        ("healthy", state(current=False)),
        ("healthy", state(stable="old")),
        ("healthy", state(**PAUSED)),
        ("healthy", state(image=replace(state().image, tag="other"))),
        ("paused", state(**PAUSED | {"phase": "Progressing"})),
        ("paused", state(**PAUSED, current=False)),
        ("seen", state(current=False)),
    ],
)
def test_the_goal_is_not_reached_yet(goal, seen):
    assert not reached(goal, seen)


def test_healthy_means_every_workload():
    assert not reached("healthy", state(), unready=["worker"])
    with pytest.raises(GateError, match="does not come up in qa: worker made no progress"):
        reached("healthy", state(), unready=["worker"], stuck=["worker"])


@pytest.mark.parametrize("goal", ["healthy", "paused"])
def test_a_pause_for_an_inconclusive_analysis_ends_the_wait(goal):
    with pytest.raises(GateError, match=r"is Paused in qa: InconclusiveAnalysisRun; .*delivery rollback qa"):
        reached(goal, state(**PAUSED | {"message": "InconclusiveAnalysisRun"}))


def test_a_pause_by_hand_is_waited_for():
    by_hand = state(**PAUSED | {"message": "manually paused"})

    assert not reached("paused", by_hand)
    assert log_lines.description(by_hand, TAG, []) == "it is Paused: manually paused"


def test_the_goal_cannot_be_reached():
    with pytest.raises(GateError, match="was aborted in qa: RolloutAborted: error-rate"):
        reached("healthy", state(**ABORTED))
    with pytest.raises(GateError, match="does not come up in qa"):
        reached("healthy", state(phase="Degraded", stable="old"))
    with pytest.raises(NothingToDoError, match="is active in qa already, there is no preview"):
        reached("paused", state())


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(watch, "PAUSE_S", 0)


def test_a_recorded_rollout_is_followed_to_its_abort(watched, at_once):
    seen = watched("canary", RECORDED, observations=1)

    with pytest.raises(GateError, match=f"{RECORDED} was aborted in qa: RolloutAborted"):
        seen.until("healthy", seconds=30)
    assert seen.said[0] == "step 1 of 8: setWeight 20 % (weight 20 %)"
    assert "Paused: CanaryPauseStep" in seen.said
    steps = [line.split()[1] for line in seen.said if line.startswith("step ")]
    assert steps == ["1", "2", "3", "4", "5", "6"]  # one line per change
    assert seen.log.last_step.startswith("step 6 of 8: analysis")


def test_an_abort_of_the_old_specification_in_one_poll_is_no_failure(watched, at_once):
    """A controller that has just seen the new specification may show the old one's abort for a moment."""
    seen = watched("canary", RECORDED, observations=1)
    progressing, paused = seen.cluster.observations[1:3]
    aborted = deepcopy(progressing)
    for each in aborted["objects"]:
        if each["kind"] == "Rollout":
            each["status"] |= {"abort": True, "phase": "Degraded", "message": "RolloutAborted"}

    seen.cluster.asked, seen.cluster.observations = 0, [aborted, progressing, aborted, paused]
    assert seen.until("paused", seconds=30).message == "CanaryPauseStep"

    seen.cluster.asked, seen.cluster.observations = 0, [aborted, aborted, paused]
    with pytest.raises(GateError, match="was aborted"):
        seen.until("paused", seconds=30)


def test_a_recorded_preview_is_followed_to_its_pause_and_its_promotion(watched, at_once):
    seen = watched("blue-green", "bccaa14-20261124015450", env="staging", observations=1)

    assert seen.until("paused", seconds=30).message == "BlueGreenPause"
    assert seen.until("healthy", seconds=30).active == "58b577db46"
    with pytest.raises(NothingToDoError, match="is active in staging already"):
        seen.until("paused", seconds=30)


def test_a_replaced_release_ends_the_wait(watched, at_once):
    seen = watched("canary", RECORDED, observations=8)
    seen.cluster.observations = [seen.cluster.observations[-1]]  # the release before is back

    with pytest.raises(GateError, match=f"{RECORDED} was replaced in qa by 5eac43c-20261124012908"):
        seen.until("healthy", seconds=30)


def test_after_an_abort_it_polls_until_users_are_on_the_stable_release(watched, at_once):
    seen = watched("canary", RECORDED, observations=10)
    assert not progress.recovered(seen.state)

    seen.aftermath(seconds=30)

    assert progress.recovered(seen.state)


def test_a_timeout_reports_the_last_status(watched, at_once):
    seen = watched("canary", RECORDED, observations=3)
    seen.cluster.observations = seen.cluster.observations[:3]

    with pytest.raises(
        TimedOutError, match=r"is not healthy in qa after 0.5 s: it is Paused: CanaryPauseStep"
    ):
        seen.until("healthy", seconds=0.5)


def test_the_analyses_of_an_earlier_deployment_of_the_same_release_are_not_this_one_s(watched):
    seen = watched("canary", RECORDED, observations=10)
    objects = seen.cluster.observations[9]["objects"]

    assert analysis.runs(objects, seen.state.release, revision=seen.state.revision) == seen.runs != []
    assert analysis.runs(objects, seen.state.release, revision="6") == []


def test_a_log_that_cannot_be_read_for_a_moment_is_read_later(watched, monkeypatch):
    seen = watched("canary", RECORDED, observations=1)
    with monkeypatch.context() as away:
        away.setattr(seen.cluster, "log", lambda _: None)
        while not any(each.ended for run in seen.runs for each in run.measurements):
            seen.look()
    assert seen.log.verdicts == {}

    seen.look()

    assert all(each.asked for each in seen.log.verdicts.values())
    assert seen.log.verdicts


def test_a_stopped_check_is_reported_as_stopped(watched):
    seen = watched("canary", RECORDED, observations=10)

    assert "background analysis: error-rate was stopped" in seen.said


def test_a_job_without_a_log_is_reported(watched):
    seen = watched("canary", RECORDED, observations=1)
    job = "b96fecb6-2d4d-4230-9aca-7ff8b5b4fb73.http-health.1"
    del seen.cluster.logs[job]
    while job not in seen.log.verdicts:
        seen.look()
    gone = [each for each in seen.log.verdicts.values() if each.reason == "its log is gone"]

    assert len(gone) == 1
    assert gone[0].asked == ""
