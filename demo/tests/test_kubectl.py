import subprocess

import pytest

from demo import kubectl
from demo.errors import ConfigurationError, DemoError, TimedOutError
from demo.kubectl import Kubectl, ToolError, missing, reason, run


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("Error from server (NotFound): pods not found\n", "Error from server (NotFound): pods not found"),
        (
            " • Preparing nodes\nERROR: failed to create cluster: no\n\nStack: x\n",
            "ERROR: failed to create cluster: no",
        ),
        ("first\nlast\n", "last"),
        ("", "exit code 7"),
    ],
)
def test_the_reason_is_the_line_that_says_it(output, line):
    assert reason(output, 7) == line


def test_a_missing_program_is_named_with_what_to_do():
    assert missing("kind").startswith("kind is not on the PATH; install it: https://kind.sigs.k8s.io")
    assert "plugin" in missing("kubectl-argo-rollouts")


@pytest.fixture
def ends(monkeypatch):
    """Let the next program end this way, and remember how it was called."""
    called = []

    def with_(result):
        def fake(command, **kwargs):
            called.append((list(command), kwargs))
            if isinstance(result, Exception):
                raise result
            return result

        monkeypatch.setattr(kubectl.subprocess, "run", fake)
        return called

    return with_


@pytest.mark.parametrize(
    ("end", "error", "code"),
    [
        (FileNotFoundError(), ConfigurationError, 2),
        (subprocess.TimeoutExpired("kind", 3), TimedOutError, 5),
        (subprocess.CompletedProcess([], 1, "", "ERROR: no\n"), ToolError, 1),
    ],
)
def test_every_bad_end_is_an_error_of_one_line(ends, end, error, code):
    ends(end)

    with pytest.raises(DemoError) as caught:
        run("kind", "get", "clusters", seconds=3)

    assert isinstance(caught.value, error)
    assert caught.value.exit_code == code
    assert "\n" not in str(caught.value)


def test_kubectl_never_asks_another_cluster(ends):
    called = ends(subprocess.CompletedProcess([], 0, '{"items": [{"kind": "Pod"}]}', ""))

    assert Kubectl("kind-x").objects("pods", "voting01-qa") == [{"kind": "Pod"}]

    ((command, kwargs),) = called
    assert command == [
        "kubectl",
        "get",
        "pods",
        "--namespace=voting01-qa",
        "--output=json",
        "--context=kind-x",
    ]
    assert kwargs["timeout"] > 0
