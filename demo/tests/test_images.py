import re

import pytest

from delivery.adapters.process import ToolError
from delivery.domain.errors import ConfigurationError
from demo import images


def test_a_tag_is_the_commit_and_the_time(monkeypatch):
    monkeypatch.setattr(images, "run", lambda *command, **_: "abcdef1\n")

    assert re.fullmatch(r"abcdef1-20\d{12}", images.new_tag())


@pytest.mark.parametrize("error", [ToolError("not a git repository"), ConfigurationError("no git")])
def test_a_tag_needs_no_git(monkeypatch, error):
    def run(*command, **_):
        raise error

    monkeypatch.setattr(images, "run", run)

    assert images.new_tag().startswith("0000000-")
