"""Stories of the pipeline: the workflow files, run by act, from a commit to a release in staging."""

import signal

import pytest

from delivery.errors import DeliveryError
from e2e.pipeline.ground import Ground, made


def pytest_itemcollected(item):
    """These stories need Docker, and time."""
    item.add_marker(pytest.mark.docker)
    item.add_marker(pytest.mark.timeout(1800))


def pytest_terminal_summary(terminalreporter):
    """Print how long everything took, and what the stories measured."""
    stories = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    terminalreporter.section("figures")
    for story in stories:
        terminalreporter.line(f"{story.duration / 60:6.1f} min  {story.location[2]}")
        for name, value in story.user_properties:
            terminalreporter.line(f"{'':12}{name}: {value}")


@pytest.fixture(scope="session")
def ground(tmp_path_factory) -> Ground:
    """A cluster, a registry and a fork, removed afterwards."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the cluster goes then, too
    try:
        with made(tmp_path_factory.mktemp("pipeline")) as ground:
            yield ground
    except DeliveryError as error:
        pytest.exit(f"make e2e-pipeline: {error}", error.exit_code)


@pytest.fixture
def figure(record_property):
    """Note a figure for the end of the run."""
    return record_property
