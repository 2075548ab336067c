"""Stories on a temporary kind cluster; `--cluster NAME` uses an existing one and keeps it.

Each folder is a lane, named after its environment: its stories run one by one, and two lanes run at once.
"""

import fcntl
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Iterator

import pytest
from rich.console import Console
from xdist.scheduler import LoadScopeScheduling

from delivery.domain.errors import DeliveryError
from demo import up
from demo.cluster import Cluster
from demo.environment import Environment
from demo.local_pages import Page
from local.servers import free_port

CLUSTER = pytest.StashKey[str]()
MADE_IN = pytest.StashKey[float]()
LAST = pytest.StashKey[str]()  # the environment of the previous story in this lane


def pytest_addoption(parser):
    parser.addoption("--cluster", help="run the stories on this cluster of `make cluster`, and keep it")
    parser.addoption("--whole", action="store_true", help="run long stories, too, and others in full length")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Create the cluster before the lanes start, or exit with one line that says what is missing."""
    if hasattr(config, "workerinput") or config.option.help or config.option.collectonly:
        return None
    for number in (signal.SIGINT, signal.SIGTERM):  # a script's background jobs ignore SIGINT otherwise
        signal.signal(number, signal.default_int_handler)
    with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        try:
            up.require_tools()
            make_cluster(config)
        except DeliveryError as error:
            print(f"make e2e-cluster: {error}", file=sys.stderr)  # noqa: T201 - the one line that the user reads
            return error.exit_code
        except KeyboardInterrupt:
            return pytest.ExitCode.INTERRUPTED
    return None


def make_cluster(config) -> None:
    """Create a cluster with QA in it, deleted at the end of the run; or complete the existing one."""
    name, started = config.getoption("cluster"), time.monotonic()
    wanted = Cluster(name) if name else Cluster(f"votes-e2e-{secrets.token_hex(3)}", free_port(), brief=True)
    if not name:
        config.add_cleanup(lambda: shutil.rmtree(wanted.folder("platform").parent, ignore_errors=True))
        config.add_cleanup(wanted.delete)
    config.stash[CLUSTER] = up.up(wanted, "qa", Console(highlight=False), fast=True).cluster.name
    config.stash[MADE_IN] = time.monotonic() - started


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Pass the name of the cluster to the process of a lane."""
    node.workerinput["cluster"] = node.config.stash[CLUSTER]


def pytest_itemcollected(item):
    """Mark every story as needing Docker, and set its timeout."""
    item.add_marker(pytest.mark.docker)
    # The timeout excludes fixtures, in which a lane may wait for a story that holds the platform.
    item.add_marker(pytest.mark.timeout(900, func_only=True))


def pytest_collection_modifyitems(config, items):
    """Leave out the stories marked `whole`, unless they are asked for; pytest says how many it left out."""
    if config.getoption("--whole"):
        return
    long = [each for each in items if each.get_closest_marker("whole")]
    items[:] = [each for each in items if each not in long]
    config.hook.pytest_deselected(items=long)


class Lanes(LoadScopeScheduling):
    """One lane per folder: its stories share an environment, so they run one after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.rpartition("/")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Run the lanes in parallel."""
    return Lanes(config, log)


def pytest_terminal_summary(terminalreporter, config):
    """Print how long everything took, and the figures of the stories."""
    if MADE_IN not in config.stash:
        return
    stories = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    terminalreporter.section("figures")
    terminalreporter.line(f"{config.stash[MADE_IN]:6.0f} s  the cluster, with its platform and QA")
    for story in stories:
        terminalreporter.line(f"{story.duration:6.0f} s  {story.location[2]}")
        for name, value in story.user_properties:
            terminalreporter.line(f"{'':10}{name}: {value}")


@pytest.fixture(scope="session")
def cluster(pytestconfig) -> Cluster:
    """The cluster that the run was started with."""
    name = getattr(pytestconfig, "workerinput", {}).get("cluster") or pytestconfig.stash.get(CLUSTER, None)
    if name is None:
        pytest.exit("the stories of e2e/cluster need a cluster; run them with: make e2e-cluster", 2)
    return Cluster.existing(name)


@pytest.fixture(autouse=True)
def platform(request, cluster) -> Iterator[None]:
    """All lanes share the platform: while a story marked `alone` breaks it, no other story runs."""
    how = fcntl.LOCK_EX if request.node.get_closest_marker("alone") else fcntl.LOCK_SH
    folder = cluster.folder("platform")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, how)
        yield


@pytest.fixture
def lane(request, cluster) -> Environment:
    """The environment of the story's folder, as it is; the previous lane's environment has stopped."""
    env = Environment(cluster, request.path.parent.name)
    stash = request.config.stash
    before, stash[LAST] = stash.get(LAST, env.name), env.name
    if before != env.name and not request.config.getoption("cluster"):
        stop(Environment(cluster, before))
    return env


@pytest.fixture
def env(lane, cluster) -> Iterator[Environment]:
    """The same environment, Healthy before and after the story."""
    env = lane
    if env.deployed:
        env.heal()
    else:
        env.deploy(Environment(cluster, "qa").tag)
        env.wait_ready()
    env.wait_for_pages()
    yield env
    env.deploy(env.tag)
    env.wait_ready()
    Page(env.urls()["vote"]).turn_errors(on=False)


def stop(env: Environment) -> None:
    """Delete the workloads of an environment whose stories are done: two cores cannot run three."""
    kinds = "rollouts.argoproj.io,deployments,statefulsets"
    env.cluster.kubectl("delete", kinds, "--all", f"--namespace={env.namespace}", "--wait=false")


@pytest.fixture
def figure(record_property):
    """Records a figure for the summary at the end of the run."""
    return record_property
