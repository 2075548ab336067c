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


@pytest.mark.parametrize(
    ("image", "listed"),
    [
        ("redis:8", "docker.io/library/redis:8"),
        ("curlimages/curl:8", "docker.io/curlimages/curl:8"),
        ("quay.io/argoproj/argo-rollouts:v1", "quay.io/argoproj/argo-rollouts:v1"),
        ("localhost:5000/vote:1", "localhost:5000/vote:1"),
        ("localhost/vote:1", "localhost/vote:1"),
    ],
)
def test_a_short_name_is_completed_as_nodes_list_it(image, listed):
    assert images.in_full(image) == listed
