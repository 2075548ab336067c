import pytest

from delivery.domain.errors import ConfigurationError, GateError, NothingToDoError, TimedOutError
from demo import __main__ as commands


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
