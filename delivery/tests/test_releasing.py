"""Real git; kubectl and docker answer from files, pages as a test says."""

import pytest

from delivery.adapters import pages
from delivery.commands import deploy, promote, promote_rollout, rollback, wait
from delivery.domain import history, overlay
from delivery.domain.errors import GateError, NothingToDoError
from delivery.steps import watch
from delivery.steps.desired_state import DesiredState

from .conftest import commit, git, images
from .fakes import DIGEST, replica_set, rollout, worker
from .test_deploying import deployed, tag_on_main

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(watch, "PAUSE_S", 0.01)
    monkeypatch.setattr(watch, "AFTERMATH_S", 0.1)


@pytest.fixture
def errors(monkeypatch):
    """Whether the switch is ON, for a test to change."""
    switch = {"on": False}
    monkeypatch.setattr(pages, "errors_on", lambda _url, _release: switch["on"])
    return switch


@pytest.fixture
def in_qa(project, fakes, tag):
    """The tag runs in qa, Healthy."""
    deploy.deploy(project, "qa", tag, print)
    fakes.runs(rollout(tag))
    return tag


def test_promotion_carries_the_same_image_by_digest(origin, project, fakes, in_qa, errors):
    fakes.runs([], "uat.json")
    made = promote.promote(project, "qa", "uat", print)

    assert made.promoted_from == "qa"
    assert tag_on_main(origin, "uat") == in_qa
    assert made.images == tuple(DesiredState.now(project).overlay("qa").images.values())


OTHER = "sha256:" + "e" * 64


@pytest.fixture
def a_lie(origin, deployment, in_qa):
    """Somebody edits qa's overlay; the commit's trailers claim a deployment of other digests."""
    clone = origin.clone()
    file = clone / overlay.path("qa")
    file.write_text(file.read_text().replace("# one tag for all", "# one tag for all images"))
    claim = history.message(deployment(in_qa, images=images(in_qa, OTHER)))
    git(clone, "commit", "--quiet", "--all", f"--message={claim}")
    git(clone, "push", "--quiet", "origin", "main")


@pytest.mark.usefixtures("a_lie", "errors")
def test_promotion_deploys_what_was_checked_whatever_trailers_claim(project, fakes, in_qa):
    fakes.runs([*rollout(in_qa), worker(in_qa)])
    fakes.runs([], "uat.json")

    made = promote.promote(project, "qa", "uat", print)

    assert made.images == images(in_qa)
    assert tuple(DesiredState.now(project).overlay("uat").images.values()) == images(in_qa)


@pytest.mark.usefixtures("a_lie")
def test_rollback_deploys_what_the_overlay_named_whatever_trailers_claim(project, fakes, in_qa):
    bad = in_qa.replace("030405", "040000")
    deploy.deploy(project, "qa", bad, print)
    fakes.runs(rollout(bad, phase="Degraded", stable=in_qa, abort=True))
    fakes.runs(rollout(in_qa), "next.json")

    made, _ = rollback.rollback(project, "qa", "votes fail", 30, print)

    assert made.images == images(in_qa)


def test_a_release_with_errors_on_stays_where_it_is(origin, project, in_qa, errors):
    errors["on"] = True

    with pytest.raises(GateError, match="error switch of qa's release is ON"):
        promote.promote(project, "qa", "uat", print)
    assert tag_on_main(origin, "uat") != in_qa


def test_a_drifted_digest_stays_where_it_is(project, fakes, in_qa, errors):
    fakes.serves("sha256:" + "b" * 64)

    with pytest.raises(GateError, match="somebody pushed the tag again"):
        promote.promote(project, "qa", "uat", print)


def test_a_worker_that_is_not_ready_stays_where_it_is(origin, project, fakes, in_qa, errors):
    fakes.runs([*rollout(in_qa), worker(in_qa, ready=0)])

    with pytest.raises(GateError, match="qa is degraded, not ready: worker; wait"):
        promote.promote(project, "qa", "uat", print)
    assert tag_on_main(origin, "uat") != in_qa


def test_a_worker_of_another_digest_stays_where_it_is(project, fakes, in_qa, errors):
    fakes.runs([*rollout(in_qa), worker(in_qa, digest="sha256:" + "b" * 64)])

    with pytest.raises(GateError, match=r"qa's worker runs sha256:bbb.*, git says sha256:aaa"):
        promote.promote(project, "qa", "uat", print)


def test_a_skipped_step_is_refused_before_anything_is_asked(project, fakes):
    with pytest.raises(GateError, match="dev -> qa -> uat -> staging"):
        promote.promote(project, "qa", "staging", print)
    assert fakes.asked == []


def test_rollback_of_an_aborted_release(origin, project, fakes, in_qa):
    bad = in_qa.replace("030405", "040000")
    deploy.deploy(project, "qa", bad, print)
    fakes.runs(rollout(bad, phase="Degraded", stable=in_qa, abort=True, message="RolloutAborted: error-rate"))
    fakes.runs(rollout(in_qa), "next.json")

    made, state = rollback.rollback(project, "qa", "votes\nfail", 30, print)

    assert state.healthy
    assert tag_on_main(origin) == in_qa
    assert deployed(origin)[0].reason == "votes fail"
    assert (made.rollback_of, made.tag) == (bad, in_qa)
    assert not any("argo rollouts" in line for line in fakes.asked)


def test_rollback_of_a_release_that_still_rolls_out_aborts_it(project, fakes, in_qa):
    bad = in_qa.replace("030405", "040000")
    deploy.deploy(project, "qa", bad, print)
    fakes.runs(rollout(bad, phase="Paused", stable=in_qa))
    fakes.runs(rollout(in_qa), "next.json")

    rollback.rollback(project, "qa", "votes fail", 30, print)

    (argo,) = [line for line in fakes.asked if "argo rollouts" in line]
    assert argo.startswith("kubectl argo rollouts abort vote")


@pytest.mark.parametrize("phase", ["Healthy", "Degraded", "Progressing"])
def test_rollback_of_the_active_release_waits_for_no_step_and_nobody(project, fakes, in_qa, phase):
    """Where its own pods fail, too: nothing rolls out that could be aborted."""
    bad = in_qa.replace("030405", "040000")
    deploy.deploy(project, "qa", bad, print)
    fakes.runs(rollout(bad, phase=phase))
    fakes.runs(rollout(in_qa, phase="Progressing", stable=bad), "next.json")
    fakes.runs(rollout(in_qa), "promoted.json")

    _, state = rollback.rollback(project, "qa", "wrong colour", 30, print)

    assert state.healthy
    (argo,) = [line for line in fakes.asked if "argo rollouts" in line]
    assert argo.startswith("kubectl argo rollouts promote vote --full")


def test_rollback_goes_back_at_once_to_what_was_active_a_moment_ago(project, fakes, in_staging):
    """Its pods are still there; anybody else's deployment of it is refused, as it would skip its preview."""
    fakes.runs(rollout(in_staging, strategy="blue-green"))
    bad = in_staging.replace("030405", "040000")
    deploy.deploy(project, "staging", bad, print)
    before = replica_set(f"hash{in_staging[-6:]}", in_staging, DIGEST)
    fakes.runs([*rollout(bad, strategy="blue-green"), before])
    with pytest.raises(GateError, match=f"staging still has the pods of {in_staging}"):
        deploy.deploy(project, "staging", in_staging, print)
    fakes.runs(rollout(in_staging, strategy="blue-green"), "next.json")

    made, state = rollback.rollback(project, "staging", "wrong colour", 30, print)

    assert made.tag == in_staging
    assert state.healthy


def test_rollback_needs_no_commit_that_git_has_lost(project, fakes, deployment):
    """Its source was on a branch that is gone; the people are those of the deployment before."""
    lost, bad = (deployment(f"{digit * 7}-20260102030405", source=digit * 40, commit="") for digit in "ab")
    for each in (lost, bad):
        commit(project, each, print)
    fakes.runs(rollout(bad.tag, phase="Degraded", stable=lost.tag, abort=True))
    fakes.runs(rollout(lost.tag), "next.json")

    made, _ = rollback.rollback(project, "qa", "votes fail", 30, print)

    assert (made.tag, made.source, made.people) == (lost.tag, lost.source, lost.people)


def test_rollback_with_nothing_before_it(project, in_qa):
    with pytest.raises(GateError, match="is the first deployment that git knows here"):
        rollback.rollback(project, "qa", "votes fail", 30, print)


@pytest.fixture
def in_staging(project, fakes, tag):
    """The tag waits in staging."""
    deploy.deploy(project, "staging", tag, print)
    waits = {"phase": "Paused", "stable": "fffffff-20250101000000", "strategy": "blue-green"}
    fakes.runs(rollout(tag, **waits))
    return tag


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


def test_without_the_word_nothing_is_asked(project, fakes):
    with pytest.raises(GateError, match="type 'promote' to confirm"):
        promote_rollout.promote_rollout(project, "staging", "yes", 30, print)
    assert fakes.asked == []


def test_waiting_for_the_preview_says_where_it_is(project, in_staging, tmp_path):
    state = wait.wait(project, "staging", "paused", tag=None, seconds=30, say=print)

    assert state.paused
    assert "https://vote-acme-staging-preview.acme.dev" in (tmp_path / "summary.md").read_text()
    assert (project.root / ".delivery/staging.json").exists()


def test_a_deployment_that_was_replaced_before_anybody_waited_has_failed(project, fakes, in_qa):
    """A rollback beside it took its place: waiting for what runs now would call it good."""
    watch.watch(project, "qa", in_qa, None, print).until("seen", watch.SEEN_S)
    fakes.runs(rollout("fffffff-20250101000000"))

    with pytest.raises(GateError, match=f"{in_qa} was replaced in qa by fffffff-20250101000000"):
        wait.wait(project, "qa", "healthy", tag=in_qa, seconds=30, say=print)


def test_a_failed_wait_has_a_summary_with_the_way_out(project, fakes, in_qa):
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
