import random

import pytest

from worker.entries import NAMES, Vote, newest_per_voter, sort_out

ID = b"1700000000001-7"
VOTER = b"0123456789abcdef" * 2
VALUES = [VOTER, b"a", b"1700000000000", b"r1"]
GOOD = [part for pair in zip(NAMES, VALUES, strict=True) for part in pair]
VOTE = Vote("1700000000001", "7", VOTER.decode(), "a", "1700000000000", "r1")


def with_value(name, value):
    fields = list(GOOD)
    fields[fields.index(name) + 1] = value
    return fields


def reasons(*entries):
    return [letter.reason for letter in sort_out(entries).dead]


def test_a_vote_is_read():
    batch = sort_out([(ID, GOOD)])

    assert batch.votes == [VOTE]
    assert batch.ids == [ID]
    assert (batch.synthetic, batch.dead) == ([], [])


def test_the_fields_may_come_in_any_order():
    turned = [part for pair in list(zip(NAMES, VALUES, strict=True))[::-1] for part in pair]

    assert sort_out([(ID, turned)]).votes == [VOTE]


def test_a_synthetic_vote_is_separate():
    batch = sort_out([(ID, [*GOOD, b"synthetic", b"1"])])

    assert batch.synthetic == [VOTE]
    assert batch.votes == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"voter", b""),
        (b"voter", VOTER[:-1]),
        (b"voter", VOTER + b"0"),
        (b"voter", VOTER.upper()),
        (b"voter", b"\xff" + VOTER[1:]),
        (b"voter", VOTER + b"\n"),
        (b"voter", VOTER + b" a"),
        (b"vote", b"c"),
        (b"vote", b"A"),
        (b"vote", b""),
        (b"vote", b"a\x00"),
        (b"cast_at", b"-1"),
        (b"cast_at", b"1.5"),
        (b"cast_at", b"1" * 15),
        (b"cast_at", "١".encode()),  # noqa: RUF001 - a digit, but not an ASCII one
        (b"cast_at", b"now"),
        (b"release", b""),
        (b"release", b"r" * 64),
        (b"release", b'r"1'),
        (b"release", b"r\\1"),
        (b"release", "ü".encode()),
        (b"release", b"\xc3"),
    ],
)
def test_a_value_that_breaks_its_rule_is_named(name, value):
    (reason,) = reasons((ID, with_value(name, value)))

    assert name.decode() in reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (GOOD[:-2], "fields are not"),
        ([*GOOD, b"colour", b"red"], "fields are not"),
        ([*GOOD, b"vote", b"b"], "twice"),
        ([*GOOD, b"synthetic", b"yes"], "synthetic"),
        ([], "fields are not"),
        (None, "deleted"),
    ],
)
def test_invalid_fields_are_named(fields, reason):
    batch = sort_out([(ID, fields)])

    assert reason in batch.dead[0].reason
    assert batch.dead[0].fields == (fields or [])


@pytest.mark.parametrize("entry_id", [b"9223372036854775808-0", b"1-18446744073709551615"])
def test_an_id_that_no_bigint_holds_is_dead(entry_id):
    assert "id" in reasons((entry_id, GOOD))[0]


def test_a_bad_entry_does_not_affect_the_others():
    batch = sort_out([(b"1-0", GOOD), (b"2-0", []), (b"3-0", GOOD)])

    assert [vote.stream_ms for vote in batch.votes] == ["1", "3"]
    assert [letter.entry_id for letter in batch.dead] == [b"2-0"]
    assert batch.ids == [b"1-0", b"2-0", b"3-0"]


def test_the_newest_vote_of_each_voter_wins_in_any_order():
    votes = [
        Vote(str(ms), str(seq), who, "a", "1", "r1") for who in "xy" for ms in (9, 10) for seq in (9, 10)
    ]
    random.shuffle(votes)

    newest = newest_per_voter(votes)

    assert {vote.voter: vote.stream_id for vote in newest} == {"x": (10, 10), "y": (10, 10)}
