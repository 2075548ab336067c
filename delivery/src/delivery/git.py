"""The edge to git: commits that are made on main as it is at that moment, without a work tree, and pushed."""

import random
import re
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from delivery.attribution import Change, Person
from delivery.errors import ConfigurationError, TimedOutError
from delivery.history import RECORD
from delivery.programs import Hands, ToolError, run

MAIN = "refs/remotes/origin/main"
BOT = Person("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
ATTEMPTS = 40
LONGEST_PAUSE_S = 2.0  # between two attempts, before jitter
# What git says when somebody else's push came first; every other refusal is final.
RACE = re.compile(
    r"\[rejected\]|cannot lock ref|failed to update ref|incorrect old value|is at .* but expected",
    re.IGNORECASE,
)
FIELDS = "%x00%x00%H%x00%an%x00%ae%x00%B"


@dataclass(frozen=True)
class Commit:
    """What to commit: the files that change, whole, and the message."""

    files: Mapping[str, str]
    message: str


@dataclass(frozen=True)
class Repository:
    """A clone whose `origin` has the branch main."""

    root: Path

    def __call__(self, *arguments: str, seconds: float = 60, stdin: str | None = None) -> str:
        """Run git and return its standard output without the last newline."""
        return run("git", *arguments, cwd=self.root, seconds=seconds, stdin=stdin).removesuffix("\n")

    def fetch(self) -> str:
        """Ask origin for main, and return the commit that it is at."""
        try:
            self("fetch", "--quiet", "--no-tags", "origin", f"+refs/heads/main:{MAIN}", seconds=120)
        except ToolError as error:
            raise ConfigurationError(f"main of origin cannot be read: {error}") from error
        return self("rev-parse", MAIN)

    def deepen(self) -> None:
        """Bring the whole history where the clone is a shallow one."""
        if self("rev-parse", "--is-shallow-repository") == "true":
            self("fetch", "--quiet", "--unshallow", "origin", f"+refs/heads/main:{MAIN}", seconds=300)

    def read(self, commit: str, path: str) -> str | None:
        """A file as it was at a commit; None if it was not there."""
        try:
            return run("git", "show", f"{commit}:{path}", cwd=self.root)
        except ToolError:
            return None

    def resolve(self, revision: str) -> str:
        """The full hash of a commit, looked for in the whole history; empty if there is none of that name."""
        for attempt in (self.deepen, None):
            try:
                return self("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            except ToolError:
                if attempt:
                    attempt()
        return ""

    def changes(self, *revisions: str, limit: int = 50) -> list[Change]:
        """The commits of these revisions, newest first, first parents only."""
        log = ["log", "--first-parent", f"--max-count={limit}", f"--format={FIELDS}", *revisions]
        records = (record.split("\0", 3) for record in RECORD.split(self(*log, "--"))[1:])
        return [Change(commit, Person(name, email), body) for commit, name, email, body in records]

    def folder(self, commit: str, path: str, into: Path) -> Path:
        """Write what stands below a path at a commit, and return where."""
        archive = into / "archive.tar"
        self("archive", "--format=tar", f"--output={archive}", commit, path)
        run("tar", "-xf", str(archive), "-C", str(into))
        return into / path

    def publish(self, make: Callable[[str], Commit | None], hands: Hands) -> str:
        """Commit on main what `make` returns for its newest commit, and push; the new commit.

        Whenever somebody else's push comes first, it is made again on what they left. Empty if there
        is nothing to commit, or in a dry run, which shows the commit instead.
        """
        for attempt in range(ATTEMPTS):
            tip = self.fetch()
            wanted = make(tip)
            if wanted is None:
                return ""
            commit = self._commit(tip, wanted)
            if hands.dry_run:
                hands.say(self("show", "--format=commit on main by %an%n%n%w(0,2,2)%B%w(0,0,0)", commit))
                hands.say("git push origin HEAD:main")
                return ""
            try:
                self("push", "--quiet", "--porcelain", "origin", f"{commit}:refs/heads/main", seconds=120)
            except TimedOutError:  # it may have arrived all the same
                if not self._contains(self.fetch(), commit):
                    raise
            except ToolError as error:
                if not RACE.search(error.output):
                    raise ConfigurationError(f"main was not changed: {refusal(error)}") from error
                longest = min(LONGEST_PAUSE_S, 0.05 * 2**attempt)
                time.sleep(random.uniform(0, longest))  # noqa: S311 - spreads the next attempts
                continue
            self("update-ref", MAIN, commit)
            return commit
        raise TimedOutError(f"main was not changed: others were quicker {ATTEMPTS} times; run this again")

    def _contains(self, tip: str, commit: str) -> bool:
        """Whether a commit is another one or among its ancestors."""
        return not self("rev-list", "--max-count=1", commit, f"^{tip}")

    def _commit(self, parent: str, wanted: Commit) -> str:
        """Make the commit object; no branch and no file of the checkout changes."""
        with tempfile.TemporaryDirectory(prefix="delivery-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            run("git", "read-tree", parent, cwd=self.root, env=index)
            for path, text in wanted.files.items():
                blob = self("hash-object", "-w", "--stdin", stdin=text)
                entry = f"100644,{blob},{path}"
                run("git", "update-index", "--add", "--cacheinfo", entry, cwd=self.root, env=index)
            tree = run("git", "write-tree", cwd=self.root, env=index).strip()
        roles = ("AUTHOR", "COMMITTER")
        names = {f"GIT_{role}_NAME": BOT.name for role in roles}
        emails = {f"GIT_{role}_EMAIL": BOT.email for role in roles}
        command = ("git", "commit-tree", tree, "-p", parent, "-F", "-")
        return run(*command, cwd=self.root, stdin=wanted.message, env=names | emails).strip()


def refusal(error: ToolError) -> str:
    """Why a push was refused for good, in one line."""
    lines = [line.strip() for line in error.output.splitlines()]
    refused = [line for line in lines if "[remote rejected]" in line or line.startswith("remote: error")]
    return refused[-1].split("\t")[-1] if refused else str(error)
