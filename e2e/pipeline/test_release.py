"""Story 1: a cosmetic change goes from a commit to staging's active URL, by the workflow files alone."""

import json

import pytest

from delivery.environments import ORDER
from e2e.pipeline.fork import Person

ZOE = Person("Zoë Ångström", "zoe@example.org")


@pytest.fixture(scope="module")
def zoe(ground):
    return ground.fork.clone(ZOE)


def require(run):
    assert run.ok, run
    assert set(run.jobs.values()) == {"success"}
    return run


def test_a_change_reaches_staging_by_the_workflows_alone(ground, zoe, figure):
    before = ground.tag("staging")
    start = ground.fork.tip()
    change = zoe.show_version(17)

    dev = require(zoe.pushed("ci-build-push-voting01-dev.yaml"))
    tag = ground.tag("dev")
    assert tag.startswith(change[:7])
    assert "v17" in ground.page(ground.env("dev").urls()["vote"])

    qa = require(zoe.dispatch("promote-voting01.yaml", **{"from": "dev", "to": "qa"}))
    state = ground.env("qa").look()
    assert (state.tag, state.healthy, state.step) == (tag, True, state.steps)
    for step in ("20", "50", "100"):
        assert f"{step} %" in qa.summary or f"{step}%" in qa.summary, qa.summary

    uat = require(zoe.dispatch("promote-voting01.yaml", **{"from": "qa", "to": "uat"}))
    assert ground.tag("uat") == tag

    staging = require(zoe.dispatch("promote-voting01.yaml", **{"from": "uat", "to": "staging"}))
    urls = ground.env("staging").urls()
    assert ground.env("staging").look().paused
    assert "Preview Ready for Testing" in staging.summary
    assert urls["vote"] in staging.summary
    assert urls["vote-preview"] in staging.summary
    assert "Next Step: Promote to Active" in staging.summary
    promote = f"https://github.com/{zoe.repository}/actions/workflows/promote-staging-rollout-voting01.yaml"
    assert promote in staging.summary
    assert before in ground.page(urls["vote"])
    assert "v17" not in ground.page(urls["vote"])
    assert tag in ground.page(urls["vote-preview"])
    assert "v17" in ground.page(urls["vote-preview"])

    active = require(zoe.dispatch("promote-staging-rollout-voting01.yaml", confirm="promote"))
    assert ground.env("staging").look().healthy
    assert "v17" in ground.page(urls["vote"])

    for env in ORDER:
        row = ground.fork.row(env)
        assert "Healthy" in row, row
        assert ZOE.name in row, row
        assert tag[:12] in row, row
    assert_reports(ground, tag)
    assert not any("Merge" in subject for subject in ground.fork.since(start))
    for name, run in {"dev": dev, "qa": qa, "uat": uat, "staging": staging, "promote": active}.items():
        figure(name, f"{run.seconds / 60:.1f} min")


def assert_reports(ground, tag):
    """Each environment has a report of this release, for people and as a record."""
    files = ground.fork.files(".deployments")
    for env in ORDER:
        (record,) = [path for path in files if f"{tag[:7]}-v17-{env}-" in path and path.endswith(".json")]
        assert record.replace(".json", ".md") in files
        assert tag in json.dumps(json.loads(ground.fork.read(record)))
