"""Who made a change: the source commit's author and co-authors, never the bot that committed a tag."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

PERSON = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<email>[^<>]*)>\s*")
CO_AUTHOR = re.compile(r"^co-authored-by:(?P<person>.+)$", re.IGNORECASE | re.MULTILINE)
BOT = re.compile(r"\[bot\]$|\[bot\]@|^noreply@github\.com$", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """Somebody in git's history."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def bot(self) -> bool:
        """Whether it is a program's account, or GitHub itself."""
        return bool(BOT.search(self.name) or BOT.search(self.email))


@dataclass(frozen=True)
class Change:
    """One commit as attribution sees it."""

    commit: str
    author: Person
    message: str

    @property
    def subject(self) -> str:
        """The first line of its message."""
        return self.message.strip().partition("\n")[0]


def person(text: str) -> Person | None:
    """The person in `Name <email>`; None if it is not of that form."""
    found = PERSON.fullmatch(text)
    return Person(found["name"] or found["email"], found["email"]) if found else None


def people(change: Change) -> list[Person]:
    """The author, then co-authors, each once; programs only if nobody else is left."""
    named = [
        change.author,
        *filter(None, (person(found["person"]) for found in CO_AUTHOR.finditer(change.message))),
    ]
    once = {(each.email or each.name).lower(): each for each in reversed(named)}
    everyone = [each for each in named if once[(each.email or each.name).lower()] is each]
    return [each for each in everyone if not each.bot] or everyone


def source(changes: Iterable[Change]) -> Change | None:
    """The newest change that a person made, of a commit and its ancestors, newest first.

    A build may start from a commit of the bot's. Where no person is found it is the newest of all.
    """
    first = None
    for change in changes:
        first = first or change
        if not all(each.bot for each in people(change)):
            return change
    return first
