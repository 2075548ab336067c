"""Who made a change: its author and co-authors, or who merged it; a program only if no person did."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

PERSON = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<email>[^<>]*)>\s*")
CO_AUTHOR = re.compile(r"^co-authored-by:(?P<person>.+)$", re.IGNORECASE | re.MULTILINE)
BOT = re.compile(r"\[bot\]$|[-_ ]bot$|\[bot\]@|^github[- ]actions?$|^noreply@github\.com$", re.IGNORECASE)


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


GITHUB_ACTIONS = Person("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")


@dataclass(frozen=True)
class Change:
    """One commit as attribution sees it."""

    commit: str
    author: Person
    message: str
    committer: Person | None = None  # None: the author

    @property
    def subject(self) -> str:
        """The first line of its message."""
        return self.message.strip().partition("\n")[0]

    @property
    def bookkeeping(self) -> bool:
        """Whether a workflow committed it, as delivery does with deployments, reports and dashboards."""
        return self.author == GITHUB_ACTIONS == (self.committer or self.author)


def person(text: str) -> Person | None:
    """The person in `Name <email>`; None if it is not of that form."""
    found = PERSON.fullmatch(text)
    return Person(found["name"] or found["email"], found["email"]) if found else None


def people(change: Change) -> list[Person]:
    """The author, then co-authors, each once; of a program's change who merged it, or else the program."""
    named = [
        change.author,
        *filter(None, (person(found["person"]) for found in CO_AUTHOR.finditer(change.message))),
    ]
    once = {(each.email or each.name).lower(): each for each in reversed(named)}
    everyone = [each for each in named if once[(each.email or each.name).lower()] is each]
    merged_by = [change.committer] if change.committer and not change.committer.bot else []
    return [each for each in everyone if not each.bot] or merged_by or everyone


def source(changes: Iterable[Change]) -> Change | None:
    """The newest change that is more than bookkeeping, of a commit and its ancestors, newest first.

    A build may start from a commit of delivery's own. Where there is nothing else it is the newest of all.
    """
    first = None
    for change in changes:
        first = first or change
        if not change.bookkeeping or not all(each.bot for each in people(change)):
            return change
    return first


def credited(change: Change | None, actor: str) -> list[Person]:
    """The people of a change; if only programs made it, the GitHub user whose run it is: who merged it."""
    made = people(change) if change else []
    user = Person(actor, f"{actor}@users.noreply.github.com")
    return [user] if actor and not user.bot and all(each.bot for each in made) else made
