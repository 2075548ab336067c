"""Story 1: a cosmetic change gets from a commit to staging's active URL, only by the workflow files."""

import json
import re
from contextlib import ExitStack

import pytest

from e2e.pipeline.fork import Person
from e2e.pipeline.names import DEPLOY, ENVIRONMENTS, PROMOTE, PROMOTE_ROLLOUT

ZOE = Person("Zoë Ångström", "zoe@example.org")


@pytest.fixture(scope="module")
def zoe(testbed):
    return testbed.fork.clone(ZOE)


def require(run):
    assert run.ok, run
    assert set(run.jobs.values()) == {"success"}
    return run


def test_a_change_reaches_staging_by_workflows_only(testbed, zoe, figure):
    start, runs = testbed.fork.tip(), {}
    dev, qa, uat, staging = (ExitStack() for _ in ENVIRONMENTS)
    with dev, qa, uat, staging:  # other stories may use an environment that the change has passed
        dev.enter_context(testbed.alone("dev"))
        change = zoe.show_version(17)
        runs["dev"] = require(zoe.pushed(DEPLOY["dev"]))
        tag = testbed.tag("dev")
        assert tag.startswith(change[:7])
        assert "v17" in testbed.page(testbed.env("dev").urls()["vote"])
        assert "Healthy" in testbed.fork.row("dev")

        qa.enter_context(testbed.alone("qa"))
        runs["qa"] = require(zoe.dispatch(PROMOTE, **{"from": "dev", "to": "qa"}))
        dev.close()
        state = testbed.env("qa").look()
        assert (state.tag, state.healthy, state.step) == (tag, True, len(state.steps))
        for step in ("setWeight 20 %", "setWeight 50 %", "setWeight 100 %"):
            assert step in runs["qa"].summary
        judged = re.findall(r"^\| (\d) \| analysis .*\| ✅ (.*) \|$", runs["qa"].summary, re.MULTILINE)
        assert [step for step, _ in judged] == ["3", "6", "8"]
        assert ["requests failed, less than 2 %" in found for _, found in judged] == [False, True, True]
        assert "Healthy" in testbed.fork.row("qa")

        uat.enter_context(testbed.alone("uat"))
        runs["uat"] = require(zoe.dispatch(PROMOTE, **{"from": "qa", "to": "uat"}))
        qa.close()
        assert testbed.tag("uat") == tag
        assert "Healthy" in testbed.fork.row("uat")

        staging.enter_context(testbed.alone("staging"))
        runs["staging"], runs["promote"] = through_staging(testbed, zoe, tag, done=uat.close)

    for env in ENVIRONMENTS:
        row = testbed.fork.row(env)
        assert ZOE.name in row, row
        assert tag[:12] in row, row
    assert_reports(testbed, tag)
    assert not any("Merge" in subject for subject in testbed.fork.since(start))
    for name, run in runs.items():
        figure(name, f"{run.seconds / 60:.1f} min")


def through_staging(testbed, zoe, tag, *, done):
    """Both runs: to the preview, where each URL shows its release, and then to active."""
    before, urls = testbed.tag("staging"), testbed.env("staging").urls()
    paused = require(zoe.dispatch(PROMOTE, **{"from": "uat", "to": "staging"}))
    done()
    assert testbed.env("staging").look().paused
    promote = f"https://github.com/{zoe.repository}/actions/workflows/{PROMOTE_ROLLOUT}"
    for words in (
        "Preview Ready for Testing",
        urls["vote"],
        urls["vote-preview"],
        "Next Step: Promote to Active",
        promote,
    ):
        assert words in paused.summary
    active, preview = testbed.page(urls["vote"]), testbed.page(urls["vote-preview"])
    assert before in active
    assert "v17" not in active
    assert tag in preview
    assert "v17" in preview

    promoted = require(zoe.dispatch(PROMOTE_ROLLOUT, confirm="promote"))
    assert testbed.env("staging").look().healthy
    assert "v17" in testbed.page(urls["vote"])
    assert "Healthy" in testbed.fork.row("staging")
    return paused, promoted


def assert_reports(testbed, tag):
    """Each environment has a report of this release, as Markdown and as JSON."""
    files = testbed.fork.files(".deployments")
    for env in ENVIRONMENTS:
        (record,) = [path for path in files if f"{tag[:7]}-v17-{env}-" in path and path.endswith(".json")]
        assert record.replace(".json", ".md") in files
        assert tag in json.dumps(json.loads(testbed.fork.read(record)))
