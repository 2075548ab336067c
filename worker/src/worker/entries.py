"""Parses entries of the stream strictly: each is a valid vote, or has the reason why it is not."""

import re
from collections.abc import Iterable
from typing import NamedTuple

# One entry as Redis returns it: its id, and a flat list of names and values (None if it was deleted).
Entry = tuple[bytes, list[bytes] | None]

NAMES = [b"voter", b"vote", b"cast_at", b"release"]
RULES = {
    "stream_ms": ("[0-9]{1,18}", "id is too large for the database"),
    "stream_seq": ("[0-9]{1,18}", "id is too large for the database"),
    "voter": ("[0-9a-f]{32}", "voter is not 32 lowercase hexadecimal digits"),
    "vote": ("[ab]", "vote is neither a nor b"),
    "cast_at": ("[0-9]{1,14}", "cast_at is not a time in milliseconds"),
    "release": ("[A-Za-z0-9._-]{1,63}", "release is not 1 to 63 letters, digits, dots and dashes"),
}
# One match per vote is fast. Before release, no rule allows a space or a dash, so they separate the values
# unambiguously; the dash is the one between the two parts of the id.
VOTE = re.compile("({})-({}) ({}) ({}) ({}) ({})".format(*(rule for rule, _ in RULES.values())))


class UnreadableError(Exception):
    """An entry is not a valid vote; the message is one of a few fixed reasons and never quotes the entry."""


class Vote(NamedTuple):
    """One valid vote; its values are the strings of the stream, and none needs quoting in SQL."""

    stream_ms: str
    stream_seq: str
    voter: str
    vote: str
    cast_at: str
    release: str

    @property
    def stream_id(self) -> tuple[int, int]:
        """The order of votes: a greater id is newer."""
        return int(self.stream_ms), int(self.stream_seq)


class DeadLetter(NamedTuple):
    """An entry that is not a valid vote, with the reason."""

    entry_id: bytes
    fields: list[bytes]
    reason: str


class Batch(NamedTuple):
    """The entries of one read, by kind; `ids` has the id of each."""

    ids: list[bytes]
    votes: list[Vote]
    synthetic: list[Vote]
    dead: list[DeadLetter]


def sort_out(entries: Iterable[Entry]) -> Batch:
    """Sort entries into votes, synthetic votes and dead letters; none is dropped, and none raises."""
    batch = Batch([], [], [], [])
    for entry_id, fields in entries:
        batch.ids.append(entry_id)
        try:
            vote, synthetic = read(entry_id, fields)
        except UnreadableError as error:
            batch.dead.append(DeadLetter(entry_id, fields or [], str(error)))
        else:
            (batch.synthetic if synthetic else batch.votes).append(vote)
    return batch


def read(entry_id: bytes, fields: list[bytes] | None) -> tuple[Vote, bool]:
    """The vote, and whether it is synthetic; raises UnreadableError unless every field is valid."""
    if fields is not None and fields[::2] == NAMES:
        values, synthetic = fields[1::2], False
    else:
        values, synthetic = _put_in_order(fields)
    # A byte that is not ASCII becomes a character that no rule allows.
    match = VOTE.fullmatch(b" ".join([entry_id, *values]).decode("ascii", "replace"))
    if match is None:
        raise UnreadableError(_broken_rule([*entry_id.split(b"-"), *values]))
    return Vote._make(match.groups()), synthetic


def newest_per_voter(votes: Iterable[Vote]) -> list[Vote]:
    """The vote with the greatest stream id of each voter."""
    newest: dict[str, Vote] = {}
    for vote in votes:
        known = newest.get(vote.voter)
        if known is None or vote.stream_id > known.stream_id:
            newest[vote.voter] = vote
    return list(newest.values())


def _put_in_order(fields: list[bytes] | None) -> tuple[list[bytes], bool]:
    if fields is None:
        raise UnreadableError("entry was deleted before it was counted")
    named = dict(zip(fields[::2], fields[1::2], strict=True))
    if 2 * len(named) != len(fields):
        raise UnreadableError("a field occurs twice")
    synthetic = named.pop(b"synthetic", None)
    if synthetic not in (None, b"1"):
        raise UnreadableError("synthetic is not 1")
    if named.keys() != set(NAMES):
        raise UnreadableError("fields are not voter, vote, cast_at and release")
    return [named[name] for name in NAMES], synthetic is not None


def _broken_rule(values: list[bytes]) -> str:
    for (rule, reason), value in zip(RULES.values(), values, strict=True):
        if not re.fullmatch(rule, value.decode("ascii", "replace")):
            return reason
    raise AssertionError("each value matches its rule, but all together do not")
