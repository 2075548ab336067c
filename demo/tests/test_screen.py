import pytest

from demo import screen
from demo.voters import Count


@pytest.mark.parametrize(
    ("release", "said"),
    [("old", "stable old"), ("new", "canary new"), ("older", "old older")],
)
def test_releases_in_a_canary(state, release, said):
    assert screen.called(state(), release) == said


@pytest.mark.parametrize(("release", "said"), [("old", "active old"), ("new", "preview new")])
def test_releases_in_a_blue_green(state, release, said):
    assert screen.called(state(strategy="blue-green", active="old", preview="new"), release) == said


def test_a_promoted_release_is_the_active_one(state):
    promoted = state(strategy="blue-green", active="new", preview="new", stable="new")

    assert screen.called(promoted, "new") == "active new"


def test_votes_of_the_stable_release_come_first(state):
    counts = {"new": Count(1, 4, ()), "old": Count(20, 0, ())}

    assert screen.votes_line(state(), counts) == "votes: stable old 20 OK 0 failed, canary new 1 OK 4 failed"


def test_a_vote_that_no_release_answered_is_of_no_release(state):
    counts = {"": Count(0, 2, ()), "old": Count(20, 0, ())}

    assert screen.votes_line(state(), counts) == "votes: stable old 20 OK 0 failed, no release answered 2"
    *_, last = zip(*(column.cells for column in screen.votes_table(state(), counts).columns), strict=True)
    assert last == ("no release answered", "", "", "[bold red]2[/]")


def test_the_headline_is_the_status_of_the_rollout(state, aborted, healthy):
    assert [screen.headline(each) for each in (state(), aborted, healthy)] == [
        "Paused, at 20 %: pause 30s",
        "aborted",
        "Healthy",
    ]
