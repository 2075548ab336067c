"""`delivery rollback`: real git; kubectl and docker are fakes that answer from files."""

import pytest

from delivery.commands import deploy, rollback
from delivery.domain.errors import GateError

from .fakes import DIGEST, replica_set, rollout
from .samples import commit, deployed, images, tag_on_main

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("at_once")]


@pytest.mark.usefixtures("a_lie")
def test_rollback_deploys_what_the_overlay_named_whatever_trailers_claim(project, fakes, in_qa):
    bad = in_qa.replace("030405", "040000")
    deploy.deploy(project, "qa", bad, print)
    fakes.runs(rollout(bad, phase="Degraded", stable=in_qa, abort=True))
    fakes.runs(rollout(in_qa), "next.json")

    made, _ = rollback.rollback(project, "qa", "votes fail", 30, print)

    assert made.images == images(in_qa)


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


def test_rollback_aborts_a_running_rollout(project, fakes, in_qa):
    bad = in_qa.replace("030405", "040000")
    deploy.deploy(project, "qa", bad, print)
    fakes.runs(rollout(bad, phase="Paused", stable=in_qa))
    fakes.runs(rollout(in_qa), "next.json")

    rollback.rollback(project, "qa", "votes fail", 30, print)

    (argo,) = [line for line in fakes.asked if "argo rollouts" in line]
    assert argo.startswith("kubectl argo rollouts abort vote")


@pytest.mark.parametrize("phase", ["Healthy", "Degraded", "Progressing"])
def test_rollback_of_the_active_release_skips_steps_and_promotion(project, fakes, in_qa, phase):
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


def test_rollback_to_a_release_with_pods_is_immediate(project, fakes, in_staging):
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


def test_rollback_of_the_first_deployment_is_refused(project, in_qa):
    with pytest.raises(GateError, match="is the first deployment in git's history"):
        rollback.rollback(project, "qa", "votes fail", 30, print)
