"""`delivery wait` and `promote-rollout`: real git; kubectl is a fake that answers from files."""

import pytest

from delivery.adapters import pages
from delivery.commands import promote_rollout, wait
from delivery.domain import overlay
from delivery.domain.errors import GateError, NothingToDoError
from delivery.steps import watch
from delivery.steps.desired_state import DesiredState

from .fakes import rollout

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("at_once")]


def test_a_preview_becomes_active_once(project, fakes, in_staging, monkeypatch, tmp_path):
    shown = []
    monkeypatch.setattr(pages, "wait_for", lambda page, release: shown.append((page.base_url.host, release)))
    fakes.runs(rollout(in_staging, strategy="blue-green"), "promoted.json")

    state = promote_rollout.promote_rollout(project, "staging", "promote", 30, print)

    assert state.healthy
    assert shown == [("vote-acme-staging.acme.dev", f"hash{in_staging[-6:]}")]
    assert "Post-Promotion Status: Healthy" in (tmp_path / "summary.md").read_text()
    with pytest.raises(NothingToDoError, match="nothing is paused in staging"):
        promote_rollout.promote_rollout(project, "staging", "promote", 30, print)
    assert sum("argo rollouts promote" in line for line in fakes.asked) == 1


def test_without_the_confirmation_nothing_is_requested(project, fakes):
    with pytest.raises(GateError, match="type 'promote' to confirm"):
        promote_rollout.promote_rollout(project, "staging", "yes", 30, print)
    assert fakes.asked == []


def test_waiting_for_the_preview_says_where_it_is(project, in_staging, tmp_path):
    state = wait.wait(project, "staging", "paused", tag=None, seconds=30, say=print)

    assert state.paused
    assert "https://vote-acme-staging-preview.acme.dev" in (tmp_path / "summary.md").read_text()
    assert (project.root / ".delivery/staging.json").exists()


def test_a_deployment_that_was_replaced_before_anybody_waited_has_failed(project, fakes, in_qa):
    """A concurrent rollback replaced it: waiting for the running release would succeed wrongly."""
    watch.watch(project, "qa", in_qa, None, print).until("seen", watch.SEEN_S)
    fakes.runs(rollout("fffffff-20250101000000"))

    with pytest.raises(GateError, match=f"{in_qa} was replaced in qa by fffffff-20250101000000"):
        wait.wait(project, "qa", "healthy", tag=in_qa, seconds=30, say=print)


def test_a_failed_wait_has_a_summary_with_what_to_do(project, fakes, in_qa):
    fakes.runs(rollout(in_qa, phase="Degraded", abort=True, stable="fffffff-20250101000000", message="why"))

    with pytest.raises(GateError, match=f"{in_qa} was aborted in qa: why") as failed:
        wait.wait(project, "qa", "healthy", tag=None, seconds=30, say=print)
    assert "**Way out:** [roll back]" in failed.value.summary
    assert overlay.tag(DesiredState.now(project).overlay("qa").text) == in_qa


def test_a_clock_ahead_of_the_cluster_s_hides_no_analysis(project, fakes, in_qa):
    """The deployment's commit is of this machine's clock; the analysis seems to have been before it."""
    labels = {"rollouts-pod-template-hash": f"hash{in_qa[-6:]}", "rollout-type": "Background"}
    measurement = {"phase": "Failed", "metadata": {"job-name": "job-1"}}
    run = {
        "kind": "AnalysisRun",
        "metadata": {
            "name": "vote-3",
            "creationTimestamp": "2026-01-02T03:04:05Z",
            "labels": labels,
            "annotations": {"rollout.argoproj.io/revision": "3"},
        },
        "status": {
            "phase": "Failed",
            "startedAt": "2026-01-02T03:04:05Z",
            "metricResults": [{"name": "error-rate", "measurements": [measurement]}],
        },
    }
    aborted = rollout(in_qa, phase="Degraded", abort=True, stable="fffffff-20250101000000", message="why")
    fakes.runs([*aborted, run])

    with pytest.raises(GateError, match=r"was aborted in qa: why \(error-rate: its log is gone"):
        wait.wait(project, "qa", "healthy", tag=None, seconds=30, say=print)
