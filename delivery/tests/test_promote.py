"""Real git; kubectl and docker are fakes that answer from files, and pages answer as a test sets them."""

import pytest

from delivery.commands import promote
from delivery.domain.errors import GateError
from delivery.steps.desired_state import DesiredState

from .fakes import rollout, worker
from .samples import images, tag_on_main

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("at_once")]


def test_promotion_carries_the_same_image_by_digest(origin, project, fakes, in_qa, errors):
    fakes.runs([], "uat.json")
    made = promote.promote(project, "qa", "uat", print)

    assert made.promoted_from == "qa"
    assert tag_on_main(origin, "uat") == in_qa
    assert made.images == tuple(DesiredState.now(project).overlay("qa").images.values())


@pytest.mark.usefixtures("a_lie", "errors")
def test_promotion_deploys_what_was_checked_whatever_trailers_claim(project, fakes, in_qa):
    fakes.runs([*rollout(in_qa), worker(in_qa)])
    fakes.runs([], "uat.json")

    made = promote.promote(project, "qa", "uat", print)

    assert made.images == images(in_qa)
    assert tuple(DesiredState.now(project).overlay("uat").images.values()) == images(in_qa)


def test_a_release_with_errors_on_is_not_promoted(origin, project, in_qa, errors):
    errors["on"] = True

    with pytest.raises(GateError, match="error switch of qa's release is ON"):
        promote.promote(project, "qa", "uat", print)
    assert tag_on_main(origin, "uat") != in_qa


def test_a_release_with_another_digest_is_not_promoted(project, fakes, in_qa, errors):
    fakes.serves("sha256:" + "b" * 64)

    with pytest.raises(GateError, match="somebody pushed the tag again"):
        promote.promote(project, "qa", "uat", print)


def test_a_release_with_an_unready_worker_is_not_promoted(origin, project, fakes, in_qa, errors):
    fakes.runs([*rollout(in_qa), worker(in_qa, ready=0)])

    with pytest.raises(GateError, match="qa is degraded, not ready: worker; wait"):
        promote.promote(project, "qa", "uat", print)
    assert tag_on_main(origin, "uat") != in_qa


def test_a_release_whose_worker_has_another_digest_is_not_promoted(project, fakes, in_qa, errors):
    fakes.runs([*rollout(in_qa), worker(in_qa, digest="sha256:" + "b" * 64)])

    with pytest.raises(GateError, match=r"qa's worker runs sha256:bbb.*, git says sha256:aaa"):
        promote.promote(project, "qa", "uat", print)


def test_a_skipped_environment_is_refused_before_any_request(project, fakes):
    with pytest.raises(GateError, match="dev -> qa -> uat -> staging"):
        promote.promote(project, "qa", "staging", print)
    assert fakes.asked == []
