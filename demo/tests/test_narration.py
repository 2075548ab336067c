from dataclasses import replace

import pytest

from demo import narration
from demo.analysis import Measurement, Run, Verdict
from demo.rollout import Pods, State
from demo.voters import Count

AT_20 = State(
    phase="Paused",
    message="CanaryPauseStep",
    current=True,
    release="new",
    tag="2222222-2",
    stable="old",
    active="",
    preview="",
    step=1,
    steps=8,
    doing="pause 30s",
    weight=20,
    aborted=False,
    pods=(Pods("old", "1111111-1", 4, 4), Pods("new", "2222222-2", 1, 1)),
)
ABORTED = replace(AT_20, phase="Degraded", aborted=True, message="RolloutAborted: because", weight=0)


def test_the_first_look_says_everything():
    assert narration.changes(None, AT_20) == [
        "step 2 of 8, at 20 %: pause 30s",
        "pods: stable old 4 of 4 ready, canary new 1 of 1 ready",
        "Paused: CanaryPauseStep",
    ]


def test_the_same_again_says_nothing():
    assert narration.changes(AT_20, AT_20) == []


def test_what_the_controller_has_not_seen_yet_is_not_told():
    assert narration.changes(None, replace(AT_20, current=False)) == []


def test_an_abort_is_told_with_its_reason_and_no_step():
    assert narration.changes(AT_20, ABORTED) == ["aborted: RolloutAborted: because"]


def test_pods_that_are_gone_are_not_listed():
    gone = replace(ABORTED, pods=(Pods("old", "1111111-1", 5, 5), Pods("new", "2222222-2", 0, 0)))

    assert narration.changes(ABORTED, gone) == ["pods: stable old 5 of 5 ready"]


@pytest.mark.parametrize(
    ("release", "said"),
    [("old", "stable old"), ("new", "canary new"), ("older", "old older"), ("", "no release")],
)
def test_releases_in_a_canary(release, said):
    assert narration.role(AT_20, release) == said


@pytest.mark.parametrize(("release", "said"), [("old", "active old"), ("new", "preview new")])
def test_releases_in_a_blue_green(release, said):
    state = replace(AT_20, active="old", preview="new")

    assert narration.role(state, release) == said


def test_a_promoted_release_is_the_active_one():
    state = replace(AT_20, active="new", preview="new", stable="new")

    assert narration.role(state, "new") == "active new"


def test_votes_are_told_stable_first():
    counts = {"new": Count(1, 4, ()), "old": Count(20, 0, ())}

    assert narration.votes(AT_20, counts) == "votes: stable old 20 OK 0 failed, canary new 1 OK 4 failed"


RUN = Run(
    name="r",
    kind="Background",
    release="new",
    phase="Running",
    message="",
    measurements=(
        Measurement("error-rate", "job-1", "Failed"),
        Measurement("error-rate", "job-2", "Running"),
    ),
)


def test_each_measurement_is_told_once_it_has_ended():
    later = replace(RUN, measurements=(RUN.measurements[0], Measurement("error-rate", "job-2", "Failed")))

    assert narration.ended([], [RUN]) == [(RUN, "job-1", "Failed")]
    assert narration.ended([RUN], [later]) == [(later, "job-2", "Failed")]
    assert narration.ended([later], [later]) == []


def test_a_verdict_is_told_with_its_reason():
    said = Verdict("error-rate", "new", passed=False, reason="40 % of the requests failed, not less than 2 %")

    assert narration.verdict(RUN, "Failed", said) == (
        "background analysis: error-rate failed: 40 % of the requests failed, not less than 2 %"
    )


def test_a_job_that_said_nothing_is_told_by_how_it_ended():
    assert narration.verdict(replace(RUN, kind="Step"), "Error", None) == "analysis: Error"
