"""A fork on this machine: a bare repository as origin, and a clone for each person who works on it."""

import re
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from delivery.adapters.process import run
from e2e.pipeline.act import Run, act, for_act
from e2e.pipeline.names import SETTINGS
from local.app import ROOT

ACTION = """name: nothing
description: Replaces an action that only AWS needs.
runs: {using: composite, steps: []}
"""
DECLARED = "vote/pyproject.toml"
PAGE = "vote/src/vote/templates/index.html"


@dataclass(frozen=True)
class Person:
    """Somebody who commits."""

    name: str
    email: str


@dataclass(frozen=True)
class Clone:
    """One person's clone; its origin has a GitHub URL, which git maps to the bare repository."""

    folder: Path
    person: Person
    repository: str
    nothing: Path

    def git(self, *arguments: str) -> str:
        """Run git as this person."""
        who = (f"user.name={self.person.name}", f"user.email={self.person.email}")
        return run(
            "git", *(word for each in who for word in ("-c", each)), *arguments, cwd=self.folder
        ).strip()

    def pull(self) -> str:
        """Update the clone to main, as a workflow's checkout does; returns the commit."""
        self.git("pull", "--quiet", "--rebase", "origin", "main")
        return self.git("rev-parse", "HEAD")

    def commit(self, message: str) -> str:
        """Commit all changes and push them to main; returns the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")
        self.pull()
        self.git("push", "--quiet", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD")

    def show_version(self, number: int) -> str:
        """Push a cosmetic change: vote gets this version, and its page shows it; returns the commit."""
        self.pull()
        self._rewrite(DECLARED, r'^version = ".*"$', f'version = "{number}"')
        self._rewrite(PAGE, r"(?:\n *<p>v\d+</p>)?(\n *</footer>)", rf"\n      <p>v{number}</p>\1")
        return self.commit(f"feat(vote): v{number}")

    def _rewrite(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        file.write_text(re.sub(old, new, file.read_text(), count=1, flags=re.MULTILINE))

    def dispatch(self, workflow: str, **inputs: str) -> Run:
        """Run a workflow by hand, on main."""
        self.pull()
        return self._act("workflow_dispatch", workflow, inputs)

    def pushed(self, workflow: str) -> Run:
        """Run the workflow that this person's push starts, on the pushed commit."""
        return self._act("push", workflow, {})

    def delivery(self, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """Run delivery in the clone, as a person would."""
        command = [str(Path(sys.executable).with_name("delivery")), *arguments]
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=seconds, check=False
        )

    def _act(self, event: str, workflow: str, inputs: dict[str, str]) -> Run:
        return act(
            self.folder, event, workflow, repository=self.repository, inputs=inputs, nothing=self.nothing
        )


@dataclass(frozen=True)
class Fork:
    """The bare repository, and the folder that contains it and the clones."""

    folder: Path
    repository: str = SETTINGS.repository

    @property
    def origin(self) -> Path:
        """The bare repository."""
        return self.folder / "origin.git"

    def create(self, owner: Person) -> Clone:
        """Create origin from this checkout, uncommitted changes included; returns the owner's clone."""
        run("git", "clone", "--quiet", "--bare", str(ROOT), str(self.origin), seconds=120)
        run("git", "update-ref", "refs/heads/main", "HEAD", cwd=self.origin)
        run("git", "symbolic-ref", "HEAD", "refs/heads/main", cwd=self.origin)
        nothing = self.folder / "nothing"
        nothing.mkdir()
        (nothing / "action.yaml").write_text(ACTION)
        clone = self.clone(owner)
        listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT)
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).exists():
                (clone.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, clone.folder / name)
        for_act(clone.folder)
        if clone.git("status", "--porcelain"):
            clone.commit("chore: uncommitted changes, without the lines that act does not support")
        return clone

    def clone(self, person: Person) -> Clone:
        """A clone for one more person."""
        folder = self.folder / f"{person.email.partition('@')[0]}-{secrets.token_hex(2)}"
        address = f"https://github.com/{self.repository}.git"
        instead = f"url.{self.origin}.insteadOf={address}"
        run("git", "clone", "--quiet", f"--config={instead}", address, str(folder), seconds=120)
        return Clone(folder, person, self.repository, self.folder / "nothing")

    def read(self, path: str) -> str:
        """The content of a file on main."""
        return run("git", "show", f"main:{path}", cwd=self.origin)

    def row(self, env: str) -> str:
        """An environment's row of the dashboard in README."""
        dashboard = self.read("README.md").split("<!-- deployments:begin -->")[1]
        (row,) = (line for line in dashboard.splitlines() if line.startswith(f"| **{env.upper()}**"))
        return row

    def files(self, folder: str) -> list[str]:
        """The files in a folder on main."""
        return run("git", "ls-tree", "-r", "--name-only", "main", folder, cwd=self.origin).split()

    def copy(self, folder: str, into: Path) -> None:
        """Copy the files of a folder on main."""
        into.mkdir(parents=True, exist_ok=True)
        for path in self.files(folder):
            (into / Path(path).name).write_text(self.read(path))

    def tip(self) -> str:
        """The newest commit of main."""
        return run("git", "rev-parse", "main", cwd=self.origin).strip()

    def since(self, commit: str) -> list[str]:
        """The subjects of main's commits after this one, newest first."""
        return run("git", "log", "--format=%s", f"{commit}..main", cwd=self.origin).splitlines()

    def deployments(self, commit: str, env: str = "") -> list[str]:
        """The same for commits that changed an overlay, optionally of one environment."""
        where = f"k8s/overlays/{env}"
        return run("git", "log", "--format=%s", f"{commit}..main", "--", where, cwd=self.origin).splitlines()
