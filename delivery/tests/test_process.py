import sys
import time

import pytest

from delivery.adapters.process import Runner, ToolError, limited, missing, reason, redacted, run
from delivery.domain.errors import ConfigurationError, TimedOutError


@pytest.mark.servers
def test_output_is_returned_unchanged():
    assert run(sys.executable, "-c", "print('é\\r')", stdin=None) == "é\r\n"
    assert run("cat", stdin="línea") == "línea"


@pytest.mark.servers
def test_each_failure_is_one_line():
    with pytest.raises(ToolError, match=r"error: no such thing$"):
        run("sh", "-c", "echo noise >&2; echo 'error: no such thing' >&2; exit 3")
    with pytest.raises(TimedOutError, match=r"sleep 9 did not end within 0\.1 s"):
        run("sleep", "9", seconds=0.1)
    with pytest.raises(ConfigurationError, match="no-such-program is not on the PATH; install it"):
        run("no-such-program")


@pytest.mark.servers
def test_within_a_limit_no_program_has_longer():
    with limited(time.monotonic() + 0.2):
        with pytest.raises(TimedOutError, match=r"sleep 9 did not end within 0\.2 s"):
            run("sleep", "9")
        with pytest.raises(TimedOutError, match=r"sleep 9 did not end within 0 s"):
            run("sleep", "9")
    assert run("echo", "fine") == "fine\n"


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


def test_credentials_are_never_repeated():
    line = "fatal: unable to access 'https://x-access-token:ghs_s3cret@github.com/a/b/'"

    assert "s3cret" not in reason(line, 128)
    assert redacted("https://github.com/a/b") == "https://github.com/a/b"


def test_a_dry_run_prints_the_exact_command(capsys):
    assert Runner(dry_run=True).change("kubectl", "apply", "-f", "a b") == ""
    assert capsys.readouterr().out == "+ kubectl apply -f 'a b'\n"
