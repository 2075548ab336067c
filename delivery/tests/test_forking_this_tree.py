"""What `delivery init` would do to this very checkout; nothing is written."""

from dataclasses import replace
from pathlib import Path

import pytest

from delivery import forking
from delivery.config import Settings, Surroundings
from delivery.errors import ConfigurationError
from delivery.programs import Hands
from delivery.project import Project

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[2]
NEW = "bally" + "hoo"  # in two parts, as this file is rewritten, too


@pytest.fixture(scope="module")
def here():
    return Project(ROOT, Settings.from_file(ROOT), Surroundings(), Hands(dry_run=True))


def test_a_second_rename_undoes_the_first(here):
    """So no word is taken for the name on the way."""
    old, new = here.settings, replace(here.settings, name=NEW)

    for path, text in forking.tracked(here):
        once = forking.rewritten(path, text, old, new)
        assert forking.rewritten(path, once, new, old) == text, path
        assert forking.renamed(forking.renamed(path, old, new), new, old) == path


@pytest.mark.parametrize("name", ["app", "vote", "kubectl", "delivery", "main"])
def test_words_of_this_tree_are_refused(here, name):
    with pytest.raises(ConfigurationError, match="take another name"):
        forking.require_unused(name, dict(forking.tracked(here)), here.settings)


def test_another_word_is_taken(here):
    forking.require_unused(NEW, dict(forking.tracked(here)), here.settings)
