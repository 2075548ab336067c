from datetime import UTC, datetime, timedelta, timezone

import pytest

from result.tally import Snapshot, Tally, percentages, results

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("a", "b", "shares"),
    [
        (0, 0, (0.0, 0.0)),
        (1, 0, (100.0, 0.0)),
        (0, 7, (0.0, 100.0)),
        (5, 3, (62.5, 37.5)),
        (1, 2, (33.3, 66.7)),
        (2, 1, (66.7, 33.3)),
        (1, 1999, (0.1, 99.9)),
        (10**18, 10**18, (50.0, 50.0)),
    ],
)
def test_percentages(a, b, shares):
    assert percentages(a, b) == shares


def test_percentages_always_add_up_to_one_hundred():
    assert {sum(percentages(a, b)) for a in range(80) for b in range(80) if a + b} == {100.0}


def test_results_in_utc():
    updated = NOON.astimezone(timezone(timedelta(hours=2)))
    assert results(Snapshot(Tally(5, 3, updated), None), ("Cats", "Dogs")) == {
        "options": [
            {"id": "a", "name": "Cats", "votes": 5, "percent": 62.5},
            {"id": "b", "name": "Dogs", "votes": 3, "percent": 37.5},
        ],
        "total": 8,
        "updated_at": "2026-05-04T12:00:00.000+00:00",
        "stale_since": None,
    }


def test_results_before_the_first_read():
    shown = results(Snapshot(None, NOON), ("Cats", "Dogs"))
    assert (shown["total"], shown["updated_at"]) == (0, None)
    assert shown["stale_since"] == "2026-05-04T12:00:00.000+00:00"


@pytest.mark.parametrize(
    ("snapshot", "fresh"),
    [
        (Snapshot(None, NOON), False),
        (Snapshot(Tally(1, 2, NOON), NOON), False),
        (Snapshot(Tally(1, 2, NOON), None), True),
    ],
)
def test_fresh_means_that_the_figures_are_up_to_date(snapshot, fresh):
    assert snapshot.fresh is fresh
