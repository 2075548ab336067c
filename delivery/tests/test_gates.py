from dataclasses import replace

import pytest

from delivery import gates
from delivery.errors import GateError, NothingToDoError
from delivery.overlay import Image
from delivery.rollout import State

from .conftest import DIGEST, images

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


def may_leave(seen, *, wanted=WANTED, registry=WANTED, errors_on=False):
    gates.may_leave("qa", wanted, seen, registry, errors_on=errors_on)


def test_a_healthy_release_may_go_on():
    may_leave(state())


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [
        ({"seen": None}, "qa runs nothing; deploy to it first"),
        (
            {"seen": state(**PAUSED)},
            "qa is Paused with .*, not Healthy; wait: delivery wait qa --for healthy",
        ),
        ({"seen": state(current=False)}, "not Healthy; wait"),
        ({"seen": state(**ABORTED)}, "qa is Degraded: RolloutAborted.*; roll it back"),
        ({"seen": state(image=Image("r/vote", OTHER, DIGEST))}, f"runs {OTHER}, main says {TAG}; apply it"),
        ({"seen": state(image=DRIFTED["vote"])}, "runs sha256:bbbbbbbbbbbb, main says sha256:aaaaaaaaaaaa"),
        ({"seen": state(), "registry": DRIFTED}, "somebody pushed the tag again; build a new tag"),
        (
            {"seen": state(), "wanted": {s: replace(i, digest="") for s, i in WANTED.items()}},
            "is not pinned by a digest; delivery deploy qa --image-tag",
        ),
        ({"seen": state(), "errors_on": True}, "error switch of qa's release is ON; turn it OFF"),
    ],
)
def test_anything_else_is_refused_with_the_way_out(refused, sentence):
    with pytest.raises(GateError, match=sentence):
        may_leave(**refused)


def test_a_new_tag_may_be_deployed():
    named = {each.service: each for each in images(OTHER)}

    gates.may_deploy("qa", TAG, WANTED, named, state(image=named["vote"]))
    gates.may_deploy("qa", TAG, WANTED, WANTED, None)
    gates.may_deploy(
        "qa", TAG, WANTED, WANTED, state(image=named["vote"])
    )  # main has it, the cluster not yet


def test_the_same_tag_is_no_new_rollout():
    with pytest.raises(NothingToDoError, match=f"{TAG} is already deployed to qa, no new rollout"):
        gates.may_deploy("qa", TAG, WANTED, WANTED, state())
    with pytest.raises(NothingToDoError, match="was aborted, no new rollout; roll back"):
        gates.may_deploy("qa", TAG, WANTED, WANTED, state(**ABORTED))


def test_a_paused_preview_may_become_active():
    gates.may_become_active("staging", "promote", TAG, state(**PAUSED))


@pytest.mark.parametrize(
    ("confirm", "seen", "error", "sentence"),
    [
        ("", state(**PAUSED), GateError, "type 'promote' to confirm, not ''"),
        ("Promote ", state(**PAUSED), GateError, "nothing was promoted"),
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
            f"runs {OTHER}, main says {TAG}",
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
def test_nothing_else_may(confirm, seen, error, sentence):
    with pytest.raises(error, match=sentence):
        gates.may_become_active("staging", confirm, TAG, seen)
