import json

import pytest

from delivery.adapters import kubectl as edge
from delivery.adapters import polling
from delivery.adapters.process import ToolError
from delivery.domain.errors import ConfigurationError, GateError, TimedOutError
from delivery.domain.rollout import HASH
from demo import api
from demo.cluster import Cluster, app_name
from demo.environment import Environment


@pytest.fixture
def sees(monkeypatch):
    """QA with these states, one per look, then the last again; an exception is raised."""
    monkeypatch.setattr(polling, "PAUSE_S", 0)

    def make(*looks):
        left = list(looks)

        def look(env):
            seen = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(seen, Exception):
                raise seen
            return seen

        monkeypatch.setattr(Environment, "look", look)
        return Environment(Cluster("x"), "qa")

    return make


def test_an_unknown_environment_is_refused_with_the_known_ones():
    with pytest.raises(ConfigurationError, match=r"'prod'.* dev, qa"):
        Environment(Cluster("x"), "prod")


def test_the_tag_is_that_of_the_stable_release(sees, state):
    assert sees(state()).tag == "1111111-1"
    assert sees(state(stable="")).tag == "2222222-2"  # there was none before


def test_waiting_ignores_states_of_an_older_specification(sees, state, healthy):
    stale = state(current=False, phase="Healthy", release="new", stable="new")
    env = sees(stale, ToolError("unreachable"), healthy)

    assert env.wait_for(lambda each: each.phase == "Healthy", what="Healthy") is healthy


def test_waiting_ignores_other_releases(sees, state, healthy):
    seen, now = [], state()

    found = sees(healthy, now).wait_for(lambda _: True, what="it", release="new", seen=seen.append)

    assert found is now
    assert seen == [healthy, now]


def test_an_abort_ends_any_other_wait(sees, state, aborted):
    with pytest.raises(GateError, match=r"2222222-2 was aborted before it is Healthy: RolloutAborted"):
        sees(state(), aborted).wait_for(lambda each: each.healthy, what="it is Healthy")


def test_a_wait_may_be_for_the_abort(sees, aborted):
    assert sees(aborted).wait_for(lambda each: each.aborted, what="the abort") is aborted


def test_a_timeout_reports_the_state_of_the_rollout(sees, state):
    with pytest.raises(TimedOutError, match="it is Healthy; it is Paused: CanaryPauseStep"):
        sees(state()).wait_for(lambda each: each.healthy, what="it is Healthy", seconds=0.01)


def test_the_log_of_every_job_that_has_ended_is_read(monkeypatch):
    env = Environment(Cluster("x"), "qa")
    jobs = {"job-1": "Failed", "job-2": "Failed", "job-3": "Running"}
    measurements = [{"phase": phase, "metadata": {"job-name": job}} for job, phase in jobs.items()]
    metadata = {"name": "a", "labels": {HASH: "new"}, "creationTimestamp": ""}
    run = {"kind": "AnalysisRun", "metadata": metadata}
    run["status"] = {"metricResults": [{"name": "error-rate", "measurements": measurements}]}
    line = {"check": "error-rate", "asked": "", "status": "200", "got": "", "verdict": "fail", "reason": "no"}
    logs = {"job-1": "", "job-2": json.dumps(line), "job-3": "not asked"}
    monkeypatch.setattr(edge.Cluster, "objects", lambda _, kinds: [run])
    monkeypatch.setattr(edge.Cluster, "log", lambda _, job: logs[job])

    assert env.namespace == f"{app_name()}-qa"
    assert [(each.check, each.passed) for each in env.verdicts("new")] == [("error-rate", False)]
    assert env.verdicts("another") == []


def test_the_tag_of_a_service_beside_the_release_is_its_own(monkeypatch):
    images = ("example.com/stage:1111111-1", "example.com/worker:2222222-2", "redis:8")
    pods = [{"template": {"spec": {"containers": [{"image": each}]}}} for each in images]
    monkeypatch.setattr(api, "objects", lambda *_: [{"kind": "Deployment", "spec": each} for each in pods])

    assert Environment(Cluster("x"), "qa").beside() == {"stage": "1111111-1"}
