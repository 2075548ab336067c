from delivery.domain.observation_log import ObservationLog
from delivery.domain.report import merging
from delivery.output import report

from ..samples import valid


def test_an_earlier_report_of_the_same_deployment_completes_it(build):
    paused = merging.merged(None, build(observations=7))
    later = build(observations=10)
    later["observations"] = later["observations"][-2:]
    for run in later["analyses"]:
        for each in run["measurements"]:
            each.update(dict.fromkeys(("check", "asked", "status", "got", "reason")))
    both = valid(merging.merged(paused, later))

    assert both["observations"][0] == paused["observations"][0]
    assert both["outcome"] == "Aborted"
    reasons = [each["reason"] for run in both["analyses"] for each in run["measurements"]]
    assert reasons[0]
    assert merging.merged(both, later)["observations"] == both["observations"]


def test_a_later_report_without_the_cluster_takes_nothing_back(build):
    seen = merging.merged(None, build())
    later = build(state=None, runs=[], log=ObservationLog("qa"), objects=[], events=[])
    both = valid(merging.merged(seen, later))

    assert (both["outcome"], both["strategy"]) == ("Aborted", "canary")
    assert both["analyses"] == seen["analyses"]


def test_a_report_of_another_deployment_does_not(build):
    other = merging.merged(None, build(observations=7))
    other["deployment"]["commit"] = "f" * 40

    assert merging.merged(other, build(observations=3)) == merging.merged(None, build(observations=3))


def test_a_check_that_ran_in_an_earlier_report_is_stopped_in_a_later_one(build):
    earlier = merging.merged(None, build(observations=9))
    both = merging.merged(earlier, build(observations=10))

    assert "⏹ error-rate: stopped" in report.markdown(both)
