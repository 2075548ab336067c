import json

import pytest

from delivery.programs import ToolError
from demo import analysis
from demo.analysis import Run, Verdict

LINE = (
    '{"check": "error-rate", "release": "76f5947c9", "asked": "http://apm/v1/metrics", "status": "200", '
    '"got": "{}", "verdict": "fail", "reason": "100.0 % of the requests failed, not less than 2 %"}'
)


class Cluster:
    """kubectl that knows the recorded runs and one Job's log."""

    def __init__(self, runs, log):
        self.runs, self.log = runs, log

    def objects(self, kinds, namespace, *arguments):
        assert (kinds, namespace) == ("analysisruns.argoproj.io", "voting01-qa")
        return list(self.runs)

    def __call__(self, *arguments):
        if isinstance(self.log, Exception):
            raise self.log
        return self.log


@pytest.fixture
def runs(recorded):
    return recorded("canary-aborted", "AnalysisRun")


def test_runs_are_read_with_their_measurements(runs):
    background, step = [Run.read(each) for each in runs]

    assert (background.kind, background.phase, background.release) == ("Background", "Failed", "76f5947c9")
    assert [each.phase for each in background.measurements] == ["Failed", "Failed"]
    assert all(each.ended and each.job for each in background.measurements)
    assert (step.kind, step.phase) == ("Step", "Successful")
    assert {each.metric for each in step.measurements} == {"http-health"}


def test_a_verdict_is_read_from_a_jobs_line(runs):
    said = analysis.verdict(Cluster(runs, f"{LINE}\n"), "voting01-qa", "job")

    assert said == Verdict(
        "error-rate", "76f5947c9", passed=False, reason="100.0 % of the requests failed, not less than 2 %"
    )


@pytest.mark.parametrize("log", [ToolError("no such job"), "", "not JSON\n", json.dumps({"check": "x"})])
def test_a_job_that_is_gone_or_says_something_else_has_no_verdict(runs, log):
    assert analysis.verdict(Cluster(runs, log), "voting01-qa", "job") is None


def test_every_job_that_has_ended_is_asked(runs):
    said = analysis.verdicts(Cluster(runs, LINE), "voting01-qa", "76f5947c9")

    assert len(said) == sum(len(Run.read(each).measurements) for each in runs)
