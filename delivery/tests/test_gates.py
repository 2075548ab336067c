from dataclasses import replace

import pytest

from delivery.domain import gates
from delivery.domain.errors import GateError, NothingToDoError
from delivery.domain.image import Image
from delivery.domain.rollout import State
from delivery.domain.workloads import Pods

from .fakes import DIGEST
from .samples import images

TAG, OTHER = "0a1b2c3-20260102030405", "fffffff-20260102030405"
WANTED = {each.service: each for each in images(TAG)}
DRIFTED = {service: replace(each, digest="sha256:" + "b" * 64) for service, each in WANTED.items()}


def state(**changes):
    healthy = State(
        strategy="blue-green",
        phase="Healthy",
        message="",
        current=True,
        release="new",
        image=WANTED["vote"],
        stable="new",
        active="new",
        preview="new",
        step=0,
        steps=(),
        weight=100,
        aborted=False,
        first=False,
    )
    return replace(healthy, **changes)


PAUSED = {"phase": "Paused", "stable": "old", "active": "old", "message": "BlueGreenPause"}
ABORTED = {"phase": "Degraded", "aborted": True, "stable": "old", "message": "RolloutAborted: error-rate"}


def test_a_healthy_release_may_be_promoted():
    gates.may_leave("qa", TAG, state(), [])
    gates.same_images("qa", WANTED, WANTED, WANTED)
    gates.votes_work("qa", errors_on=False)


@pytest.mark.parametrize(
    ("seen", "unready", "sentence"),
    [
        (None, [], "qa runs nothing; deploy to it first"),
        (
            state(**PAUSED | {"message": "InconclusiveAnalysisRun"}),
            [],
            "qa is Paused: InconclusiveAnalysisRun",
        ),
        (state(**PAUSED), [], "qa is Paused with .*, not Healthy; wait: delivery wait qa --for healthy"),
        (state(current=False), [], "not Healthy; wait"),
        (state(**ABORTED), [], "qa is Degraded: RolloutAborted.*; roll it back"),
        (state(image=Image("r/vote", OTHER, DIGEST)), [], f"runs {OTHER}, git says {TAG}; apply it"),
        (state(), ["worker"], "qa is degraded, not ready: worker; wait"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(seen, unready, sentence):
    with pytest.raises(GateError, match=sentence):
        gates.may_leave("qa", TAG, seen, unready)


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        ({"running": DRIFTED}, "qa's vote runs sha256:bbbbbbbbbbbb, git says sha256:aaaaaaaaaaaa"),
        ({"running": WANTED | {"worker": DRIFTED["worker"]}}, "qa's worker runs sha256:bbbbbbbbbbbb"),
        ({"registry": DRIFTED}, "somebody pushed the tag again; build a new tag"),
        (
            {"wanted": {s: replace(i, digest="") for s, i in WANTED.items()}},
            "is not pinned by a digest; delivery deploy qa --image-tag",
        ),
    ],
)
def test_other_images_are_refused(images, sentence):
    same = dict.fromkeys(("wanted", "running", "registry"), WANTED)
    with pytest.raises(GateError, match=sentence):
        gates.same_images("qa", **same | images)


def test_errors_that_are_on_are_refused():
    with pytest.raises(GateError, match="error switch of qa's release is ON; turn it OFF"):
        gates.votes_work("qa", errors_on=True)


def test_a_new_tag_may_be_deployed():
    named = {each.service: each for each in images(OTHER)}

    gates.may_deploy("qa", TAG, WANTED, named, state(image=named["vote"]))
    gates.may_deploy("qa", TAG, WANTED, WANTED, None)
    gates.may_deploy(
        "qa", TAG, WANTED, WANTED, state(image=named["vote"])
    )  # on main, but not yet in the cluster


def test_the_same_tag_is_no_new_rollout():
    with pytest.raises(NothingToDoError, match=f"already deployed, no new rollout: qa has {TAG}"):
        gates.may_deploy("qa", TAG, WANTED, WANTED, state())
    with pytest.raises(GateError, match=r"no new rollout: qa has .*, which was aborted; roll back"):
        gates.may_deploy("qa", TAG, WANTED, WANTED, state(**ABORTED))


@pytest.mark.parametrize(
    ("changes", "unready"),
    [
        ({"phase": "Progressing", "stable": "old"}, []),
        (PAUSED, []),
        ({"phase": "Degraded", "stable": "old"}, []),  # its pods do not start: `wait` reports it
        ({}, ["worker"]),
    ],
)
def test_a_running_rollout_may_be_deployed_again(changes, unready):
    """After a lost run, a new one continues to wait."""
    gates.may_deploy("qa", TAG, WANTED, WANTED, state(**changes), unready=unready)


def test_another_configuration_of_the_active_image_may_wait_for_its_preview_again():
    active = Pods("old", WANTED["vote"], wanted=3, ready=3)

    gates.may_wait("staging", WANTED["vote"], state(**PAUSED, pods=(active,)))


def test_an_image_with_pods_from_its_last_activation_is_refused():
    """Its pods are kept for half a minute, and Argo Rollouts would make them active without a preview."""
    kept = Pods("older", images(OTHER)[0], wanted=3, ready=3)
    seen = state(pods=(kept, Pods("new", WANTED["vote"], wanted=3, ready=3)))

    with pytest.raises(GateError, match=f"staging still has the pods of {OTHER} from when it was active"):
        gates.may_wait("staging", images(OTHER)[0], seen)
    gates.may_wait("staging", images(OTHER)[0], replace(seen, strategy="canary"))
    gates.may_wait("staging", images(OTHER)[0], replace(seen, pods=(replace(kept, wanted=0), *seen.pods[1:])))
    gates.may_wait("staging", WANTED["vote"], seen)
    gates.may_wait("staging", WANTED["vote"], None)


def test_a_paused_preview_may_become_active():
    gates.may_become_active("staging", "promote", WANTED["vote"], state(**PAUSED))


@pytest.mark.parametrize(
    ("confirm", "seen", "error", "sentence"),
    [
        ("", state(**PAUSED), GateError, "type 'promote' to confirm, not ''"),
        ("Promote ", state(**PAUSED), GateError, "nothing was promoted"),
        (
            "promote",
            state(**PAUSED | {"message": "InconclusiveAnalysisRun"}),
            GateError,
            "is Paused for another reason: InconclusiveAnalysisRun; .*delivery rollback staging",
        ),
        ("promote", None, NothingToDoError, "nothing is paused in staging: nothing is deployed"),
        (
            "promote",
            state(),
            NothingToDoError,
            "nothing is paused in staging: .* is Healthy and active already",
        ),
        ("promote", state(**ABORTED), GateError, "was aborted, it cannot be promoted"),
        (
            "promote",
            state(**PAUSED, image=Image("r/vote", OTHER)),
            GateError,
            f"runs {OTHER}, git says {TAG}",
        ),
        (
            "promote",
            state(**PAUSED, image=DRIFTED["vote"]),
            GateError,
            "runs sha256:bbbbbbbbbbbb, git says sha256:aaaaaaaaaaaa",
        ),
        (
            "promote",
            state(**PAUSED | {"phase": "Progressing"}),
            NothingToDoError,
            "wait first: delivery wait",
        ),
        ("promote", state(**PAUSED, strategy="canary"), NothingToDoError, "nothing is paused"),
    ],
)
def test_nothing_else_may_become_active(confirm, seen, error, sentence):
    with pytest.raises(error, match=sentence):
        gates.may_become_active("staging", confirm, WANTED["vote"], seen)
