import pytest

from delivery.adapters.kubectl import Cluster
from delivery.commands import deploy
from delivery.domain.errors import ConfigurationError
from delivery.domain.image import Image
from delivery.steps import preflight

from .fakes import DIGEST

pytestmark = pytest.mark.servers

IMAGE = Image("registry.example/acme/vote", "0a1b2c3-20260102030405", DIGEST)
AMD64 = '{"architecture":"amd64","os":"linux"}'


@pytest.fixture
def said(settings, fakes):
    """The output for an image for amd64 before its rollout to these nodes."""

    def require(*nodes, **spec):
        fakes.is_built_for(AMD64)
        fakes.nodes_are(*nodes, **spec)
        lines = []
        preflight.require_platform(Cluster(settings, "qa"), IMAGE, lines.append)
        return lines

    return require


def test_nodes_of_the_same_platform_print_nothing(said):
    assert said("amd64", "amd64") == []


def test_an_image_that_no_node_can_run_is_refused(said):
    with pytest.raises(ConfigurationError, match=r"for linux/amd64, .* are linux/arm64; .* delivery\.toml"):
        said("arm64")


def test_some_nodes_that_cannot_run_it_are_named(said):
    (line,) = said("amd64", "arm64")

    assert "a node of linux/arm64 cannot start" in line


@pytest.mark.parametrize(
    "spec", [{"unschedulable": True}, {"taints": [{"key": "x", "effect": "NoSchedule"}]}], ids=str
)
def test_unschedulable_nodes_do_not_count(said, spec):
    assert said("arm64", **spec) == []


def test_users_who_may_not_list_nodes_may_deploy(settings, fakes):
    fakes.is_built_for(AMD64)

    preflight.require_platform(Cluster(settings, "qa"), IMAGE, pytest.fail)


def test_nothing_is_committed_for_nodes_that_cannot_run_it(origin, project, fakes, tag):
    fakes.is_built_for(AMD64)
    fakes.nodes_are("arm64")
    before = origin.main("rev-parse", "main")

    with pytest.raises(ConfigurationError, match="linux/arm64"):
        deploy.deploy(project, "qa", tag, print)

    assert origin.main("rev-parse", "main") == before
    assert not fakes.applied
