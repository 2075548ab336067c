"""Stories of the pipeline: the workflow files, run by act, from a commit to a release in staging.

Two are told at once, a file each; each holds the environments that it deploys to while it needs them.
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
    parser.addoption("--reports", type=Path, help="where copies of the reports that the stories made go")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Make the testbed before the stories start, or end with the one line that says what is in the way."""
    if hasattr(config, "workerinput") or config.option.help or config.option.collectonly:
        return None
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the cluster goes then, too
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
    """Tell a process where its stories happen."""
    node.workerinput["testbed"] = json.dumps(node.config.stash[TESTBED])


def pytest_collection_modifyitems(items):
    """The longest story first, and beside it those that it does not wait for; the third file follows it."""
    files = ("release", "renamed_fork", "at_once_and_away", "gates", "error_switch", "apply_and_platform")
    items.sort(key=lambda item: files.index(item.path.stem.removeprefix("test_")))


def pytest_itemcollected(item):
    """These stories need Docker, and time."""
    item.add_marker(pytest.mark.docker)
    item.add_marker(pytest.mark.timeout(1800))


def pytest_terminal_summary(terminalreporter, config):
    """Print how long everything took, and what the stories measured."""
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
    """A cluster, a registry and a fork, and a clone of the owner's for this process alone."""
    told = getattr(pytestconfig, "workerinput", {}).get("testbed")
    named = json.loads(told) if told else pytestconfig.stash.get(TESTBED, None)
    if named is None:
        pytest.exit("the stories of e2e/pipeline need a cluster; run them with: make e2e-pipeline", 2)
    return Testbed.of(named)


@pytest.fixture
def figure(record_property):
    """Note a figure for the end of the run."""
    return record_property
