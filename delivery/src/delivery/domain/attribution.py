"""Who made a change: its author and co-authors, or the person who merged it; a bot only if nobody else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

PERSON = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<email>[^<>]*)>\s*")
CO_AUTHOR = re.compile(r"^co-authored-by:(?P<person>.+)$", re.IGNORECASE | re.MULTILINE)
BOT = re.compile(r"\[bot\]$|[-_ ]bot$|\[bot\]@|^github[- ]actions?$|^noreply@github\.com$", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """A person or bot in git's history."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def bot(self) -> bool:
        """Whether it is the account of a bot, or GitHub itself."""
        return bool(BOT.search(self.name) or BOT.search(self.email))


GITHUB_ACTIONS = Person("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")


@dataclass(frozen=True)
class Change:
    """The parts of a commit that attribution needs."""

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
        """Whether a workflow committed it: deployments, reports and dashboards of delivery."""
        return self.author == GITHUB_ACTIONS == (self.committer or self.author)


def person(text: str) -> Person | None:
    """The person in `Name <email>`; None if the text has another form."""
    found = PERSON.fullmatch(text)
    return Person(found["name"] or found["email"], found["email"]) if found else None


def people(change: Change) -> list[Person]:
    """The author, then co-authors, each once; for a bot's change the person who merged it, or the bot."""
    named = [
        change.author,
        *filter(None, (person(found["person"]) for found in CO_AUTHOR.finditer(change.message))),
    ]
    once = {(each.email or each.name).lower(): each for each in reversed(named)}
    everyone = [each for each in named if once[(each.email or each.name).lower()] is each]
    merged_by = [change.committer] if change.committer and not change.committer.bot else []
    return [each for each in everyone if not each.bot] or merged_by or everyone


def source(changes: Iterable[Change]) -> Change | None:
    """The newest change that is not bookkeeping, of a commit and its ancestors, newest first.

    A build may start from a commit of delivery itself. If there is no other, it is the newest change.
    """
    first = None
    for change in changes:
        first = first or change
        if not change.bookkeeping or not all(each.bot for each in people(change)):
            return change
    return first


def credited(change: Change | None, actor: str) -> list[Person]:
    """The people of a change; if only bots made it, the GitHub user who started the run by merging it."""
    made = people(change) if change else []
    user = Person(actor, f"{actor}@users.noreply.github.com")
    return [user] if actor and not user.bot and all(each.bot for each in made) else made
