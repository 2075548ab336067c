from dataclasses import replace

import pytest

from delivery.domain.report import record


def test_events_before_the_deployment_are_left_out(build):
    events = build(9, "blue-green")["events"]

    assert min(each["at"] for each in events) >= "2026-11-24T01:55:01Z"
    assert any("Switched selector for service 'vote'" in each["message"] for each in events)


def test_a_laptop_ahead_of_the_cluster_loses_neither_events_nor_objects(build):
    """The deployment's commit is of the laptop's clock, two minutes ahead: the release began before it."""
    right, ahead = build(9, "blue-green"), build(9, "blue-green", at="2026-11-24T01:57:01Z")

    assert ahead["events"] == right["events"]
    assert ahead["objects"] == right["objects"]


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
