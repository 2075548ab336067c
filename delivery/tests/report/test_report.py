import json
import re

import pytest
from jsonschema import Draft202012Validator

from delivery.domain.observation_log import ObservationLog
from delivery.domain.report import merging
from delivery.output import report

from ..samples import REPORTS, SCHEMA, valid


def section(found, title):
    """One section of a record's report."""
    return re.search(rf"^## {title}$.*?(?=^## |\Z)", report.markdown(found), re.MULTILINE | re.DOTALL)[
        0
    ].rstrip()


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*-report*.json")), ids=lambda path: path.stem)
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


def test_unobserved_data_is_listed_as_missing(build, golden):
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


def test_a_rollback_has_its_sequence(build):
    assert "## Rollback" in report.markdown(merging.merged(None, build()))
    assert "## Rollback" not in report.markdown(merging.merged(None, build(observations=7)))


TIMES = {"at", "started", "finished", "created"}  # they are read, and shown in parts


EVIL = "<script>|`x`\n\n# evil"


def poisoned(value, key=""):
    """A record whose every text is an attack, but for times."""
    if isinstance(value, dict):
        return {key: poisoned(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each, key) for each in value]
    return EVIL if isinstance(value, str) and key not in TIMES else value


@pytest.mark.parametrize(("run", "observations"), [("canary", 10), ("blue-green", 9)])
def test_no_value_of_a_record_is_markup(build, run, observations):
    """Whichever value a template prints, it is escaped, or in a block of code."""
    kept = merging.merged(None, build(observations, run))
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


def aborted_in_the_repository():
    return json.loads(next(REPORTS.glob("*-da2a64f-*.json")).read_text())


@pytest.mark.parametrize("phase", ["Successful", "Stopped"])  # as older records have it, and as newer ones do
def test_a_stopped_check_does_not_count(phase):
    found = aborted_in_the_repository()
    found["analyses"][1]["measurements"][0]["phase"] = phase
    text = report.markdown(merging.complete(found))

    assert "| Checks | 0 of 2 passed |" in text
    assert "⏹ http-health: stopped" in text
    assert "analysis at step 3: Stopped" in text
    assert "✅ http-health" not in text
    assert "## Missing" not in text


def test_a_running_check_does_not_count(build):
    found = merging.merged(None, build(observations=5))

    assert [each["phase"] for run in found["analyses"] for each in run["measurements"]].count("Running") == 1
    assert "| Checks | 4 of 4 passed |" in report.markdown(found)
    assert found["missing"] == []


def test_a_check_without_a_log_is_not_observed():
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
    observations = [each | {"stage": report.stage(each)} for each in record["observations"]]
    return report.durations(record["deployment"]["at"], observations)


def test_traffic_is_drawn_from_ready_pods(build):
    drawn = section(merging.merged(None, build()), "Traffic")

    assert re.search(r"weight 20 %\)\n  users\n    \|-- +\d+% --> stable", drawn)
    assert drawn.isascii()
