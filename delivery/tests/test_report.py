import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from delivery.domain.attribution import Change, Person
from delivery.domain.observation_log import ObservationLog
from delivery.domain.report import merging, record
from delivery.output import report

from .samples import ADA

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / ".deployments/schema.json").read_text())
RECORDED = "7e662f3-20261124013313"
RUNS = {
    "canary": ("qa", RECORDED, "2026-11-24T01:33:45Z"),
    "blue-green": ("staging", "bccaa14-20261124015450", "2026-11-24T01:55:01Z"),
}


@pytest.fixture
def build(settings, deployment, watched):
    """The record of the recorded canary; keywords change what was seen."""

    def make(looks=10, run="canary", at=None, **changes):
        env, tag, started = RUNS[run]
        seen = watched(run, tag, env=env, looks=looks)
        made = deployment(tag, env, at=datetime.fromisoformat(at or started), source=tag[:7] + "0" * 33)
        usual = {
            "before": deployment("1234567-20261123000000", commit="b" * 40),
            "version": "v17",
            "changes": [Change("7e662f3" + "0" * 33, ADA, "feat(vote): v17\n\nmore")],
            "subject": "feat(vote): v17",
            "state": seen.state,
            "runs": seen.runs,
            "log": seen.log,
            "objects": seen.cluster.looks[looks - 1]["objects"],
            "events": getattr(seen.cluster, "events", None) or [EVENT],
        }
        return record.build(settings, made, **usual | changes)

    return make


EVENT = {
    "kind": "Event",
    "metadata": {"creationTimestamp": "2026-11-24T01:34:30Z"},
    "lastTimestamp": "2026-11-24T01:36:06Z",
    "involvedObject": {"kind": "Rollout", "name": "vote"},
    "reason": "RolloutAborted",
    "message": "Rollout aborted update\nto revision 4",
}


def section(found, title):
    """One section of a record's report."""
    return re.search(rf"^## {title}$.*?(?=^## |\Z)", report.markdown(found), re.MULTILINE | re.DOTALL)[
        0
    ].rstrip()


def valid(found):
    Draft202012Validator(SCHEMA).validate(found)
    return found


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".deployments").glob("*-report*.json")), ids=lambda path: path.stem
)
def test_a_report_in_the_repository_keeps_the_schema_and_is_drawn_from_its_record(path):
    found = valid(json.loads(path.read_text()))

    assert path.with_suffix(".md").read_text() == report.markdown(found)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_a_recorded_canary_that_was_aborted(build, golden):
    found = valid(merging.merged(None, build()))

    assert found["outcome"] == "Aborted"
    golden("report.json", json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    golden("report.md", report.markdown(found))


def test_a_recorded_blue_green_that_was_promoted(build, golden):
    found = valid(merging.merged(None, build(9, "blue-green")))

    assert found["outcome"] == "Healthy"
    assert found["missing"] == []
    assert found["urls"]["preview"] == "https://vote-acme-staging-preview.acme.dev"
    golden("report-blue-green.md", report.markdown(found))


def test_events_before_the_deployment_are_another_one_s(build):
    events = build(9, "blue-green")["events"]

    assert min(each["at"] for each in events) >= "2026-11-24T01:55:01Z"
    assert any("Switched selector for service 'vote'" in each["message"] for each in events)


def test_a_laptop_ahead_of_the_cluster_loses_neither_events_nor_objects(build):
    """The deployment's commit is of the laptop's clock, two minutes ahead: the release began before it."""
    right, ahead = build(9, "blue-green"), build(9, "blue-green", at="2026-11-24T01:57:01Z")

    assert ahead["events"] == right["events"]
    assert ahead["objects"] == right["objects"]


def test_what_nobody_saw_is_missing_and_never_invented(build, golden):
    found = valid(
        merging.merged(
            None,
            build(
                before=None, changes=[], state=None, runs=[], log=ObservationLog("qa"), objects=[], events=[]
            ),
        )
    )

    assert found["outcome"] == "not known"
    assert found["observations"] == found["analyses"] == []
    golden("report-nothing-seen.md", report.markdown(found))


def test_every_figure_comes_from_the_record(build):
    """A report of changed figures shows those, and none of the old ones."""
    text = json.dumps(merging.merged(None, build()))
    changed = json.loads(text.replace("28.9256", "31.4159"))

    assert "31.4159" in report.markdown(changed)
    assert "28.9256" not in report.markdown(changed)


def test_an_earlier_report_of_the_same_deployment_completes_it(build):
    paused = merging.merged(None, build(looks=7))
    later = build(looks=10)
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
    other = merging.merged(None, build(looks=7))
    other["deployment"]["commit"] = "f" * 40

    assert merging.merged(other, build(looks=3)) == merging.merged(None, build(looks=3))


def test_a_rollback_has_its_sequence(build):
    assert "## Rollback" in report.markdown(merging.merged(None, build()))
    assert "## Rollback" not in report.markdown(merging.merged(None, build(looks=7)))


def test_names_that_attack_are_shown(build, deployment):
    evil = Change("c" * 40, Person("<b>|`x`", "x@y"), "<!-- x --> | `y`\n")
    text = report.markdown(merging.merged(None, build(changes=[evil])))

    assert "<!--" not in text
    assert "<b>" not in text


TIMES = {"at", "started", "finished", "created"}  # they are read, and shown in parts
EVIL = "<script>|`x`\n\n# evil"


def poisoned(value, key=""):
    """A record whose every text is an attack, but for times."""
    if isinstance(value, dict):
        return {key: poisoned(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each, key) for each in value]
    return EVIL if isinstance(value, str) and key not in TIMES else value


@pytest.mark.parametrize(("run", "looks"), [("canary", 10), ("blue-green", 9)])
def test_no_value_of_a_record_is_markup(build, run, looks):
    """Whichever value a template prints, it is escaped, or in a block of code."""
    kept = merging.merged(None, build(looks, run))
    found = poisoned(kept)
    for key in ("strategy", "environment", "urls"):  # delivery's own
        found[key] = kept[key]
    found["deployment"]["run_url"] = kept["deployment"]["run_url"]
    for before, after in zip(kept["observations"], found["observations"], strict=True):
        after["phase"] = "Aborted" if before["phase"] == "Aborted" else EVIL
    found["missing"] = [EVIL]
    text = re.sub(r"^```text$.*?^```$", "", report.markdown(found), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^    \S.*$", "", text, flags=re.MULTILINE)

    assert "&#60;script&#62;&#124;&#96;x&#96;" in text
    assert "<script" not in text
    assert "# evil" not in text.replace("&#35;", "")
    assert {line.count("|") for line in section(found, "What changed").splitlines() if "|" in line} == {4}


def test_paths(deployment):
    made = deployment()
    path = record.path(made, "v17", [made])

    assert path == ".deployments/2026-01-02-0a1b2c3-v17-qa-deployment-report.md"
    assert record.found([made], [".deployments/README.md", record.beside(path), path]) == {made.commit: path}
    assert record.found([replace(made, env="dev")], [path]) == {}
    back = replace(made, rollback_of="fffffff-20260102000000")
    assert record.path(back, "v17", [back]).endswith("-qa-rollback-report.md")


def test_the_same_commit_twice_a_day_has_two_reports(deployment):
    first, again = deployment(commit="1" * 40), deployment(commit="2" * 40)
    deployed = [again, deployment(commit="3" * 40, env="dev"), first]
    paths = {each.commit: record.path(each, "v17", deployed) for each in deployed}

    assert paths[first.commit].endswith("-v17-qa-deployment-report.md")
    assert paths[again.commit].endswith("-v17-qa-deployment-report-2.md")
    assert record.found(deployed, paths.values()) == paths


@pytest.mark.parametrize(
    ("text", "version"),
    [('[project]\nversion = "17"\n', "v17"), ("", "v0"), (None, "v0"), ('version = "a/b"', "v0")],
)
def test_the_version_is_vote_s(text, version):
    assert record.version(text) == version


def aborted_in_the_repository():
    return json.loads(next((ROOT / ".deployments").glob("*-da2a64f-*.json")).read_text())


@pytest.mark.parametrize("phase", ["Successful", "Stopped"])  # as older records have it, and as newer ones do
def test_a_check_that_was_stopped_counts_nowhere(phase):
    found = aborted_in_the_repository()
    found["analyses"][1]["measurements"][0]["phase"] = phase
    text = report.markdown(merging.complete(found))

    assert "| Checks | 0 of 2 passed |" in text
    assert "⏹ http-health: stopped" in text
    assert "analysis at step 3: Stopped" in text
    assert "✅ http-health" not in text
    assert "## Missing" not in text


def test_a_check_that_still_runs_counts_nowhere(build):
    found = merging.merged(None, build(looks=5))

    assert [each["phase"] for run in found["analyses"] for each in run["measurements"]].count("Running") == 1
    assert "| Checks | 4 of 4 passed |" in report.markdown(found)
    assert found["missing"] == []


def test_a_check_that_ran_in_an_earlier_report_is_stopped_in_a_later_one(build):
    earlier = merging.merged(None, build(looks=9))
    both = merging.merged(earlier, build(looks=10))

    assert "⏹ error-rate: stopped" in report.markdown(both)


def test_a_check_whose_log_nobody_read_is_not_observed():
    found = aborted_in_the_repository()
    found["analyses"][0]["measurements"][0]["reason"] = None
    text = report.markdown(merging.complete(found))

    assert "❌ error-rate: not observed" in text
    assert "| Checks | 0 of 2 passed |" in text


def test_durations_add_up(build):
    took = durations(build)

    assert took["first"] == 5
    spans = [span for _, span in took["stages"] if span is not None]
    assert took["first"] + sum(spans) == took["whole"]
    assert took["end"] == "Aborted"


def durations(build):
    record = merging.merged(None, build())
    looks = [each | {"stage": report.stage(each)} for each in record["observations"]]
    return report.durations(record["deployment"]["at"], looks)


def test_traffic_is_drawn_from_ready_pods(build):
    drawn = section(merging.merged(None, build()), "Traffic")

    assert re.search(r"weight 20 %\)\n  users\n    \|-- +\d+% --> stable", drawn)
    assert drawn.isascii()
