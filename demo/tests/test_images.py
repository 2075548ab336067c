import re

import pytest

from delivery.adapters.process import ToolError
from delivery.domain.errors import ConfigurationError
from demo import images


def test_a_tag_is_the_commit_and_the_time(monkeypatch):
    monkeypatch.setattr(images, "run", lambda *command, **_: "abcdef1\n")

    assert re.fullmatch(r"abcdef1-20\d{12}", images.new_tag())


@pytest.mark.parametrize("error", [ToolError("not a git repository"), ConfigurationError("no git")])
def test_without_git_there_is_a_tag_too(monkeypatch, error):
    def run(*command, **_):
        raise error

    monkeypatch.setattr(images, "run", run)

    assert images.new_tag().startswith("0000000-")


def test_images_are_built_without_attestations(monkeypatch):
    """Docker's containerd store makes a list of an image that has some, which kind cannot load."""
    asked = []
    monkeypatch.setattr(images, "run", lambda *command, **_: asked.extend(command))

    images.build("vote", "vote:1")

    assert {"--provenance=false", "--sbom=false"} < {*asked}


def test_a_docker_without_buildx_is_named(monkeypatch):
    def run(*command, **_):
        raise ToolError("docker build: unknown", "unknown flag: --provenance")

    monkeypatch.setattr(images, "run", run)

    with pytest.raises(ConfigurationError, match="docker has no buildx; install it"):
        images.build("vote", "vote:1")
