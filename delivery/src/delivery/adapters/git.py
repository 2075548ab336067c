"""The git adapter: commits on the current default branch of origin without a work tree, and pushes."""

import os
import random
import re
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from delivery.adapters.git_environment import environment
from delivery.adapters.git_refusals import RACE, refusal
from delivery.adapters.process import Runner, ToolError, run
from delivery.domain.attribution import GITHUB_ACTIONS, Change, Person
from delivery.domain.commits import Commit
from delivery.domain.errors import ConfigurationError, TimedOutError
from delivery.domain.history import RECORD

ATTEMPTS = 40
LONGEST_PAUSE_S = 2.0  # between two attempts, before jitter
FIELDS = "%x00%x00%H%x00%an%x00%ae%x00%cn%x00%ce%x00%B"


@dataclass(frozen=True)
class Repository:
    """A clone; a deployment is a commit on the default branch of its `origin`."""

    root: Path

    def __call__(
        self,
        *arguments: str,
        seconds: float = 60,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> str:
        """Run git; returns its standard output without the last newline."""
        return self._run(*arguments, seconds=seconds, stdin=stdin, env=env).removesuffix("\n")

    def _run(
        self,
        *arguments: str,
        seconds: float = 60,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> str:
        around = {**environment(os.environ), **(env or {})}
        return run("git", *arguments, cwd=self.root, seconds=seconds, stdin=stdin, env=around)

    @cached_property
    def branch(self) -> str:
        """The default branch of origin."""
        for ask in (
            ("ls-remote", "--symref", "origin", "HEAD"),
            ("symbolic-ref", "refs/remotes/origin/HEAD"),
        ):
            try:
                found = re.search(r"^(?:ref: refs/heads|refs/remotes/origin)/(\S+)", self(*ask))
            except (ToolError, TimedOutError):
                continue
            if found:
                return found[1]
        return "main"

    @property
    def _tracked(self) -> str:
        return f"refs/remotes/origin/{self.branch}"

    def _bring(self, *options: str, branch: str = "", seconds: float = 120) -> None:
        """Fetch only the default branch, or another, whatever the user's configuration adds."""
        alone = ("--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules", "--no-auto-gc")
        name = branch or self.branch
        refspec = f"+refs/heads/{name}:refs/remotes/origin/{name}"
        self("fetch", *alone, *options, "origin", refspec, seconds=seconds)

    def fetch(self) -> str:
        """Fetch origin's default branch; returns its newest commit."""
        try:
            self._bring()
        except ToolError as error:
            raise ConfigurationError(f"{self.branch} of origin cannot be read: {error}") from error
        return self("rev-parse", self._tracked)

    def deepen(self) -> None:
        """Fetch the whole history if the clone is shallow."""
        if self("rev-parse", "--is-shallow-repository") == "true":
            self._bring("--unshallow", seconds=300)

    def read(self, commit: str, path: str) -> str | None:
        """The content of a file at a commit; None if it does not exist."""
        try:
            return self._run("cat-file", "blob", f"{commit}:{path}")
        except ToolError:
            return None

    def resolve(self, revision: str) -> str:
        """The full hash of a commit, searched in the whole history; empty if it does not exist."""
        for attempt in (self.deepen, None):
            try:
                return self("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            except ToolError:
                if attempt:
                    attempt()
        return ""

    def published(self, commit: str, tip: str = "") -> bool:
        """Whether a branch of origin has the commit; `tip` is the newest of the default branch."""
        if self._contains(commit, tip or self.fetch()):
            return True
        self._bring(branch="*")
        listed = self("ls-remote", "--heads", "origin").splitlines()  # without deleted branches
        return self._contains(commit, *(line.split()[0] for line in listed))

    def changed(self, *folders: str) -> list[str]:
        """The files that differ from HEAD, and untracked files in these folders."""
        listed = self("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all").split("\0")
        return [
            path
            for state, path in ((each[:2], each[3:]) for each in listed if each)
            if state != "??" or path.startswith(tuple(f"{folder}/" for folder in folders))
        ]

    def changes(self, *revisions: str, limit: int = 50) -> list[Change]:
        """The commits of these revisions, newest first, first parents only."""
        log = ["log", "--first-parent", f"--max-count={limit}", f"--format={FIELDS}", *revisions]
        records = (record.split("\0", 5) for record in RECORD.split(self(*log, "--"))[1:])
        return [
            Change(commit, Person(name, email), body, Person(committer, address))
            for commit, name, email, committer, address, body in records
        ]

    def folder(self, commit: str, path: str, into: Path) -> Path:
        """Write the files below a path at a commit into a folder; returns their path."""
        # Not git archive, which changes line endings and omits files according to the user's attributes.
        for name in self("ls-tree", "-r", "-z", "--name-only", commit, "--", path).split("\0")[:-1]:
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).write_bytes((self.read(commit, name) or "").encode())
        return into / path

    def publish(self, make: Callable[[str], Commit | None], runner: Runner, tip: str = "") -> str:
        """Commit what `make` returns for the newest commit of the default branch, and push; the new commit.

        `tip` is that newest commit, if known. If another push comes first, `make` runs again on the new
        state. Returns an empty string if there is nothing to commit, or in a dry run, which shows the commit.
        """
        for attempt in range(ATTEMPTS):
            tip = self.fetch() if attempt or not tip else tip
            wanted = make(tip)
            if wanted is None:
                return ""
            commit = self._commit(tip, wanted)
            if runner.dry_run:
                shape = f"commit on {self.branch} by %an%n%n%w(0,2,2)%B%w(0,0,0)"
                runner.say(self("diff-tree", "--always", "--patch", f"--format={shape}", commit))
                runner.say(f"git push origin HEAD:{self.branch}")
                return ""
            try:
                to = f"{commit}:refs/heads/{self.branch}"
                self("push", "--quiet", "--porcelain", "origin", to, seconds=120)
            except TimedOutError:  # the push may have succeeded
                if not self._contains(commit, self.fetch()):
                    raise
            except ToolError as error:
                if not RACE.search(error.output):
                    raise ConfigurationError(f"{self.branch} was not changed: {refusal(error)}") from error
                longest = min(LONGEST_PAUSE_S, 0.05 * 2**attempt)
                time.sleep(random.uniform(0, longest))  # noqa: S311 - jitter between attempts
                continue
            self("update-ref", self._tracked, commit)
            return commit
        raise TimedOutError(
            f"{self.branch} was not changed: other pushes came first {ATTEMPTS} times; run this again"
        )

    def _contains(self, commit: str, *tips: str) -> bool:
        """Whether a commit is one of these tips or an ancestor of them."""
        return not self("rev-list", "--max-count=1", "--ignore-missing", commit, "--not", *tips)

    def tree(self, base: str, *, folders: Mapping[str, str], files: Mapping[str, str] | None = None) -> str:
        """Create the tree of a commit with these folders, then these files, replaced; returns its id."""
        with tempfile.TemporaryDirectory(prefix="delivery-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self("read-tree", base, env=index)
            for path, tree in folders.items():
                self("rm", "-r", "--cached", "--force", "--quiet", "--ignore-unmatch", "--", path, env=index)
                self("read-tree", f"--prefix={path}/", tree, env=index)
            for path, text in (files or {}).items():
                blob = self("hash-object", "-w", "--stdin", stdin=text)
                self("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
            return self("write-tree", env=index)

    def _commit(self, parent: str, wanted: Commit) -> str:
        """Create the commit object; no branch and no file of the checkout changes."""
        tree = self.tree(parent, folders=wanted.folders, files=wanted.files)
        roles = ("AUTHOR", "COMMITTER")
        names = {f"GIT_{role}_NAME": GITHUB_ACTIONS.name for role in roles}
        emails = {f"GIT_{role}_EMAIL": GITHUB_ACTIONS.email for role in roles}
        return self("commit-tree", tree, "-p", parent, "-F", "-", stdin=wanted.message, env=names | emails)
