"""Stories of the pipeline: act runs the workflow files, from a commit to a release in staging.

Two files run at once; each locks the environments that it deploys to for as long as it needs them.
"""

import json
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from delivery.domain.errors import DeliveryError
from e2e.pipeline.testbed import Testbed, made

TESTBED = pytest.StashKey[dict[str, str]]()
MADE_IN = pytest.StashKey[float]()


def pytest_addoption(parser):
    parser.addoption("--reports", type=Path, help="copy the reports that the stories write to this folder")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Create the testbed before the stories start, or exit with one line that says what is missing."""
    if hasattr(config, "workerinput") or config.option.help or config.option.collectonly:
        return None
    for number in (signal.SIGINT, signal.SIGTERM):  # a script's background jobs ignore SIGINT otherwise
        signal.signal(number, signal.default_int_handler)
    kept, started = ExitStack(), time.monotonic()
    config.add_cleanup(kept.close)
    with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        try:
            folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="pipeline-")))
            testbed = kept.enter_context(made(folder))
            config.stash[TESTBED] = testbed.named()
            if reports := config.getoption("reports"):
                kept.callback(testbed.fork.copy, ".deployments", reports)
        except DeliveryError as error:
            print(f"make e2e-pipeline: {error}", file=sys.stderr)  # noqa: T201 - the one line that the user reads
            return error.exit_code
        except KeyboardInterrupt:
            return pytest.ExitCode.INTERRUPTED
    config.stash[MADE_IN] = time.monotonic() - started
    return None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Pass the names of the testbed to a process."""
    node.workerinput["testbed"] = json.dumps(node.config.stash[TESTBED])


def pytest_collection_modifyitems(items):
    """Run the longest story first, in parallel with those that it does not wait for."""
    files = ("release", "renamed_fork", "at_once_and_away", "gates", "error_switch", "apply_and_platform")
    items.sort(key=lambda item: files.index(item.path.stem.removeprefix("test_")))


def pytest_itemcollected(item):
    """Mark every story as needing Docker, and set its timeout."""
    item.add_marker(pytest.mark.docker)
    item.add_marker(pytest.mark.timeout(1800))


def pytest_terminal_summary(terminalreporter, config):
    """Print how long everything took, and the figures of the stories."""
    if MADE_IN not in config.stash:
        return
    stories = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    terminalreporter.section("figures")
    terminalreporter.line(f"{config.stash[MADE_IN] / 60:6.1f} min  the cluster, with v16 in all environments")
    for story in stories:
        terminalreporter.line(f"{story.duration / 60:6.1f} min  {story.location[2]}")
        for name, value in story.user_properties:
            terminalreporter.line(f"{'':12}{name}: {value}")


@pytest.fixture(scope="session")
def testbed(pytestconfig) -> Testbed:
    """A cluster, a registry and a fork, with a clone of the owner for this process."""
    told = getattr(pytestconfig, "workerinput", {}).get("testbed")
    named = json.loads(told) if told else pytestconfig.stash.get(TESTBED, None)
    if named is None:
        pytest.exit("the stories of e2e/pipeline need a cluster; run them with: make e2e-pipeline", 2)
    return Testbed.of(named)


@pytest.fixture
def figure(record_property):
    """Records a figure for the summary at the end of the run."""
    return record_property
