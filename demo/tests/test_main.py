import pytest

from delivery.domain.errors import ConfigurationError, GateError, NothingToDoError, TimedOutError
from demo import __main__ as commands
from demo.cluster import Cluster
from demo.environment import Environment

TAG = "2222222-20260102030405"


@pytest.fixture
def ends(monkeypatch):
    """Runs one command, as make does, and returns its exit code."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr(commands.sys, "argv", ["demo", *arguments])
        try:
            return commands.main()
        except SystemExit as end:
            return int(end.code or 0)

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("no"), 2),
        (NothingToDoError("no"), 3),
        (GateError("no"), 4),
        (TimedOutError("no"), 5),
    ],
)
def test_each_error_is_one_line_and_an_exit_code(ends, monkeypatch, capsys, error, code):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(commands.up, "demo_environment", refuse)

    assert ends("demo-rollback") == code
    assert capsys.readouterr() == ("", "demo-rollback: no\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("cluster", "--timings=slow"), "TIMINGS must be fast or seed, not 'slow'"),
        (("cluster", "--port=https"), "CLUSTER_PORT must be a port number"),
        (("cluster", "--port=65536"), "CLUSTER_PORT must be a port number"),
        (("cluster", "prod"), "it is one of dev, qa, uat, staging"),
    ],
)
def test_a_wrong_variable_is_named(ends, capsys, arguments, said):
    assert ends(*arguments) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_ctrl_c_exits_with_130(ends, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands.up, "demo_environment", interrupted)

    assert ends("demo-blue-green") == 130


@pytest.fixture
def deploys(monkeypatch, healthy):
    """Runs `make deploy` in qa, which is deployed or not; returns the tag of the release."""
    monkeypatch.setattr(commands.up, "require_tools", lambda: None)
    monkeypatch.setattr(Cluster, "existing", Cluster)
    monkeypatch.setattr(commands.images, "new_tag", lambda: TAG)
    monkeypatch.setattr(Environment, "look", lambda _: healthy)
    monkeypatch.setattr(Environment, "deploy", lambda *_, **__: "new")

    def run(*, deployed: bool = True) -> str:
        monkeypatch.setattr(Environment, "deployed", deployed)
        commands.deploy(env="qa", tag="", timings="fast", name="acme")
        return TAG

    return run


def test_a_release_has_images_for_the_platform_too_which_are_not_built_again(node, deploys):
    """Once it is promoted, its tag is that of the next release, and of the platform after a reset."""
    made = deploys()

    assert node.built == {"vote", "worker"}
    assert [made in node.tags(each) for each in ("apm", "vote", "worker")] == [True] * 3


@pytest.mark.parametrize("deployed", [True, False])
def test_a_release_is_built_whole_where_no_other_has_the_image(node, deploys, deployed):
    node.there.clear()

    made = deploys(deployed=deployed)

    assert node.built == {"apm", "vote", "worker"}
    assert node.tags("apm") == {made}
