import pytest

from delivery.domain.errors import GateError
from demo.figures import measure
from demo.local_pages import Vote

BAD, STABLE = "bad", "stable"


def vote(at: float, release: str = STABLE, status: int = 200) -> Vote:
    return Vote(at, release, status, 0.01)


VOTES = [
    vote(1),
    vote(9, BAD),  # before the switch
    vote(10, BAD, 500),
    vote(12),
    vote(14),
    vote(19, BAD, 500),
    vote(20, BAD, 500),  # sent when the release was being aborted
    vote(25),
]


def test_the_share_is_of_all_votes_from_the_switch_to_the_abort():
    figures = measure(VOTES, bad=BAD, switched=10, aborted=20, counted=5)

    assert (figures.abort_s, figures.votes, figures.failed) == (10, 4, 2)
    assert figures.share == 50


def test_promises_that_are_kept_raise_nothing():
    figures = measure(VOTES, bad=BAD, switched=10, aborted=20, counted=5)

    assert (figures.failed_elsewhere, figures.accepted, figures.lost) == (0, 5, 0)
    figures.require_kept()


@pytest.mark.parametrize("failure", [vote(2, STABLE, 500), vote(2, STABLE, 503), vote(2, "", 0)])
def test_a_failed_vote_on_another_release_breaks_a_promise(failure):
    figures = measure([*VOTES, failure], bad=BAD, switched=10, aborted=20, counted=5)

    with pytest.raises(GateError, match="1 votes failed where none may"):
        figures.require_kept()


def test_no_vote_may_fail_if_voters_never_reach_the_bad_release():
    assert measure(VOTES, bad=None, switched=10, aborted=20, counted=5).failed_elsewhere == 3


def test_a_lost_vote_breaks_a_promise():
    figures = measure(VOTES, bad=BAD, switched=10, aborted=20, counted=4)

    with pytest.raises(GateError, match="1 accepted votes"):
        figures.require_kept()


def test_votes_of_others_do_not_count_as_lost():
    assert measure(VOTES, bad=BAD, switched=10, aborted=20, counted=9).lost == 0


def test_without_votes_there_is_no_share():
    assert measure([], bad=BAD, switched=10, aborted=20, counted=0).share == 0
