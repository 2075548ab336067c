import json

import pytest

from delivery.domain.analysis import Verdict, ended, runs

RELEASE = "56ff959459"
LINE = (
    '{"check": "error-rate", "release": "76f5947c9", "asked": "http://apm/v1/metrics", "status": "200", '
    '"got": "{}", "verdict": "fail", "reason": "100.0 % of the requests failed, not less than 2 %"}'
)


@pytest.fixture
def found(recorded):
    """The analyses of a release that was aborted at its second."""
    return runs(recorded("canary").observations[9]["objects"], RELEASE)


def test_runs_are_read_with_their_measurements(found):
    shown = [(each.title, each.phase, {one.metric for one in each.measurements}) for each in found]

    assert shown == [
        ("background analysis", "Successful", {"error-rate"}),
        ("analysis at step 3", "Successful", {"http-health"}),
        ("analysis at step 6", "Failed", {"http-health", "error-rate"}),
    ]
    assert [each.phase for each in found[2].measurements] == ["Successful", "Successful", "Failed", "Failed"]


def test_a_measurement_that_was_stopped_is_not_successful(found):
    background = found[0].measurements

    assert background[-1].stopped  # Argo Rollouts calls it Successful
    assert background[-1].ended
    assert not any(each.stopped for each in background[:-1])


def test_each_measurement_ends_once(found):
    (first, *others) = ended(found)

    assert all(each.ended and each.job for _, each in (first, *others))
    assert ended(found, {first[1].job}) == others
    assert runs([], RELEASE) == ended([]) == []


def test_a_verdict_is_read_from_a_jobs_line():
    said = Verdict.read(f"{LINE}\n")

    assert said is not None
    assert (said.check, said.passed) == ("error-rate", False)
    assert said.reason == "100.0 % of the requests failed, not less than 2 %"


@pytest.mark.parametrize("line", ["", "not JSON", "[]", json.dumps({"check": "x"})])
def test_any_other_line_of_a_job_is_no_verdict(line):
    assert Verdict.read(line) is None
