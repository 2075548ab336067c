import pytest

from delivery.domain.errors import GateError
from demo import blue_green_story, canary_story
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
    assert figures.unanswered == {}
    figures.require_kept()


@pytest.mark.parametrize("failure", [vote(2, STABLE, 500), vote(2, STABLE, 503)])
def test_a_failed_vote_on_another_release_breaks_a_promise(failure):
    figures = measure([*VOTES, failure], bad=BAD, switched=10, aborted=20, counted=5)

    with pytest.raises(GateError, match="1 votes failed where none may"):
        figures.require_kept()


REFUSED = Vote(2, "", 0, 0.01, "Connection refused")
LATE = Vote(15, "", 0, 5, "no answer in time")  # between the switch and the abort
FRONT_DOOR = Vote(15, "", 503, 0.01, "HTTP 503")
NOT_OURS = Vote(2, "", 200, 0.01, "HTTP 200")


@pytest.mark.parametrize("bad", [BAD, None])
def test_a_vote_that_no_release_answered_failed_on_none(bad):
    before = measure(VOTES, bad=bad, switched=10, aborted=20, counted=5)
    unanswered = [REFUSED, FRONT_DOOR, FRONT_DOOR, LATE, NOT_OURS]

    figures = measure([*unanswered, *VOTES], bad=bad, switched=10, aborted=20, counted=5)

    assert figures.failed_elsewhere == before.failed_elsewhere
    assert (figures.votes, figures.failed, figures.accepted) == (4, 2, 5)
    assert figures.unanswered == {
        "Connection refused": 1,
        "HTTP 503": 2,
        "no answer in time": 1,
        "HTTP 200": 1,
    }
    assert (
        figures.unanswered_row == "5 (HTTP 503: 2, Connection refused: 1, no answer in time: 1, HTTP 200: 1)"
    )


def test_an_unanswered_vote_breaks_a_promise_of_its_own():
    figures = measure([*VOTES, REFUSED], bad=BAD, switched=10, aborted=20, counted=5)

    with pytest.raises(GateError, match=r"^votes that no release answered: 1 \(Connection refused: 1\);"):
        figures.require_kept()


def test_no_unanswered_vote_is_a_plain_zero():
    assert measure(VOTES, bad=BAD, switched=10, aborted=20, counted=5).unanswered_row == "0"


@pytest.mark.parametrize("failed_on", ["votes failed on the stable release", "votes failed on active"])
def test_each_table_has_a_row_for_votes_that_no_release_answered(failed_on):
    figures = measure([*VOTES, REFUSED], bad=BAD, switched=10, aborted=20, counted=5)
    times = blue_green_story.Times(paused=1, promoted=1, old_gone=1)
    (table,) = [
        each
        for each in (canary_story.rows(figures), blue_green_story.rows(times, figures))
        if failed_on in each
    ]

    assert table[failed_on].startswith("0")
    assert table["votes that no release answered"] == "1 (Connection refused: 1)"


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
