"""What `delivery init` would do to this checkout; nothing is written."""

from dataclasses import replace
from pathlib import Path

import pytest

from delivery.adapters.github import ActionsEnvironment
from delivery.adapters.process import Runner
from delivery.commands import init
from delivery.domain import renaming
from delivery.domain.errors import ConfigurationError
from delivery.domain.settings import Settings
from delivery.steps.project import Project

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[2]
NEW = "bally" + "hoo"  # in two parts, as this file is rewritten, too
HISTORY = ("CHANGELOG.md", ".deployments/", "delivery/tests/recorded/", "docs/images/")  # keep the old name


@pytest.fixture(scope="module")
def here():
    return Project(ROOT, Settings.from_file(ROOT), ActionsEnvironment(), Runner(dry_run=True))


def test_a_second_rename_undoes_the_first(here):
    """So no other word was renamed."""
    old, new = here.settings, replace(here.settings, name=NEW)

    for path, text in init.tracked(here):
        once = renaming.rewritten(path, text, old, new)
        assert renaming.rewritten(path, once, new, old) == text, path
        assert renaming.renamed(renaming.renamed(path, old, new), new, old) == path


def test_a_rename_touches_few_files(here):
    """Each file that it touches may conflict when the fork merges a later release of this project."""
    new = renaming.completed(here.settings, {"name": NEW, "repository": f"{NEW}/{NEW}"})

    touched = [
        path
        for path, text in init.tracked(here)
        if renaming.rewritten(path, text, here.settings, new) != text
        or renaming.renamed(path, here.settings, new) != path
    ]

    assert len(touched) <= 40 + 5 * len(here.settings.environments), touched


def test_a_rename_leaves_the_old_name_nowhere(here):
    """Code and tests are not rewritten, so they read the name or use a made-up one."""
    old, new = here.settings, renaming.completed(here.settings, {"name": NEW, "repository": f"{NEW}/{NEW}"})
    rewritten = {path: renaming.rewritten(path, text, old, new) for path, text in init.tracked(here)}

    left = [
        path
        for path in here.git("ls-files").splitlines()
        if not path.startswith(HISTORY)
        and old.name in rewritten.get(path, (ROOT / path).read_text(errors="replace")).lower()
    ]

    assert left == []


@pytest.mark.parametrize("name", ["app", "vote", "kubectl", "delivery", "main"])
def test_words_of_this_repository_are_refused(here, name):
    with pytest.raises(ConfigurationError, match="take another name"):
        renaming.require_unused(name, dict(init.tracked(here)), here.settings)


def test_an_unused_word_is_accepted(here):
    renaming.require_unused(NEW, dict(init.tracked(here)), here.settings)
