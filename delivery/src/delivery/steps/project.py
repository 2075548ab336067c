"""The checkout that a command works on: settings, git, clusters, and outputs for GitHub Actions."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from delivery.adapters.git import Repository
from delivery.adapters.github import ActionsEnvironment
from delivery.adapters.kubectl import Cluster
from delivery.adapters.process import Runner
from delivery.domain.errors import ConfigurationError
from delivery.domain.settings import Settings


@dataclass(frozen=True)
class Project:
    """Everything that a command needs."""

    root: Path
    settings: Settings
    actions: ActionsEnvironment
    runner: Runner

    @classmethod
    def here(cls, *, dry_run: bool = False) -> Self:
        """The checkout around the current folder."""
        root = checkout(Path.cwd())
        around = ActionsEnvironment.from_env(os.environ)
        return cls(root, Settings.from_file(root).on(around.server), around, Runner(dry_run))

    @cached_property
    def git(self) -> Repository:
        """Its repository."""
        return Repository(self.root)

    def cluster(self, env: str) -> Cluster:
        """One environment on the cluster."""
        return Cluster(self.settings, env)

    @property
    def notes(self) -> Path:
        """The folder in which `wait` saves its observations for `report`."""
        return self.root / ".delivery"

    def output(self, **values: str) -> None:
        """Set outputs for later steps in $GITHUB_OUTPUT, except in a dry run."""
        if self.actions.output and not self.runner.dry_run:
            lines = "".join(f"{key}={' '.join(value.split())}\n" for key, value in values.items())
            append(self.actions.output, lines)

    def summarize(self, text: str) -> None:
        """Append Markdown to $GITHUB_STEP_SUMMARY."""
        if self.actions.step_summary and not self.runner.dry_run:
            append(self.actions.step_summary, text.rstrip() + "\n\n")


def append(path: str, text: str) -> None:
    """Append to one of the files that GitHub Actions reads."""
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error


def checkout(folder: Path) -> Path:
    """The root of the checkout that contains a folder."""
    for each in (folder, *folder.parents):
        if (each / ".git").exists():
            return each
    raise ConfigurationError(f"{folder} is not in a git checkout; run delivery in one")
