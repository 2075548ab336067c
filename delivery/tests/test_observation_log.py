import pytest

from delivery.domain import analysis
from delivery.domain.observation_log import ObservationLog

from .test_gates import TAG

RECORDED = "7e662f3-20261124013313"


def test_observations_are_kept_for_the_report(watched):
    seen = watched("canary", RECORDED, observations=10)
    kept = ObservationLog.of(seen.folder, "qa", RECORDED)

    assert kept == seen.log
    assert kept.observations[0]["at"] == "2026-11-24T01:33:50Z"
    assert len(kept.verdicts) == 14
    assert ObservationLog.of(seen.folder, "qa", "another") == ObservationLog("qa", "another")


def test_what_an_earlier_deployment_of_the_tag_left_is_not_this_one_s(watched):
    seen = watched("canary", RECORDED, observations=10)
    later = seen.log.observations[5]["at"]

    kept = ObservationLog.of(seen.folder, "qa", RECORDED, since=later)
    assert min(each["at"] for each in kept.observations) == later
    assert ObservationLog.of(seen.folder, "qa", RECORDED, since="2027-01-01T00:00:00Z") == ObservationLog(
        "qa", RECORDED
    )
    objects = seen.cluster.observations[9]["objects"]
    runs = analysis.runs(objects, seen.state.release)
    assert analysis.runs(objects, seen.state.release, since=runs[1].started) == runs[1:] != []


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"verdicts": {"a": {}}}'])
def test_a_log_that_cannot_be_read_is_an_empty_one(tmp_path, content):
    (tmp_path / "qa.json").write_text(content)

    assert ObservationLog.of(tmp_path, "qa", TAG) == ObservationLog("qa", TAG)
