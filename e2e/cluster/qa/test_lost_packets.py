"""Restarts and releases fail no vote, even in a network that drops every 20th SYN packet."""

import pytest

from delivery.adapters.polling import until
from delivery.adapters.process import run
from demo.environment import RUNNER
from demo.local_pages import Page
from e2e.cluster.load import Load
from e2e.cluster.rollouts import (
    HASTY,
    at_first_pause,
    ending,
    failed_checks,
    new_release,
    require_aborted,
    revert,
)

CROWD = 20  # votes a second
# A lost SYN is retransmitted after 1, 3 and 7 s: of 8,000 connections, one waits for 7 s, as browsers would.
PATIENCE_S = 20
# Not in the table "filter", which implementations of network policies overwrite.
TABLE = ["iptables", "--table=mangle"]
RULE = "FORWARD -p tcp --syn -m statistic --mode nth --every 20 --packet 0 -j DROP"


def restart(env):
    """Replace every vote pod by another of the same release; return once all are replaced."""
    env.kubectl.plugin("restart", runner=RUNNER)

    def restarted():
        (vote,) = [
            each for each in env.kubectl.objects("rollouts.argoproj.io") if each["metadata"]["name"] == "vote"
        ]
        status = vote["status"]
        return status.get("restartedAt") == vote["spec"].get("restartAt") and status["phase"] == "Healthy"

    until(restarted, what="every vote pod is restarted", seconds=180)


def pytest_generate_tests(metafunc):
    """The other stories already cover a sound network, so this one uses it only with --whole."""
    networks = ["lossy", "sound"] if metafunc.config.getoption("--whole") else ["lossy"]
    metafunc.parametrize("network", networks, indirect=True)


@pytest.fixture
def network(env, request):
    """A lossy network drops every 20th SYN packet between pods, and from this machine to them."""
    nodes = env.cluster.nodes if request.param == "lossy" else []
    for node in nodes:
        run("docker", "exec", node, *TABLE, "--insert", *RULE.split())
    yield request.param
    for node in nodes:
        run("docker", "exec", node, *TABLE, "--delete", *RULE.split())


def dropped(env):
    """The number of packets that the nodes have dropped."""
    said = [
        run("docker", "exec", node, *TABLE, "-nvxL", "FORWARD").splitlines() for node in env.cluster.nodes
    ]
    return sum(int(line.split()[0]) for lines in said for line in lines if "statistic" in line)


@pytest.mark.alone
def test_restarts_and_releases_fail_no_vote(env, network, pytestconfig, figure):
    whole = pytestconfig.getoption("--whole")
    with Load(env, rate=CROWD, patience_s=PATIENCE_S) as load:
        for _ in range(5 if whole else 1):
            restart(env)
        restarts = len(load.votes)
        for _ in range(2 if whole else 1):
            release = new_release(env, HASTY)
            assert ending(env, release).healthy, failed_checks(env, release)
        assert load.failures() == []
        releases = len(load.votes) - restarts

        before, bad = env.look(), new_release(env)
        at_first_pause(env, bad)
        Page(env.urls()["vote-canary"]).turn_errors(on=True)
        require_aborted(ending(env, bad), before, "error-rate")
        revert(env, before)
        assert load.failures(but=bad) == []
        load.counted()
    lost = dropped(env)
    assert bool(lost) == (network == "lossy")
    figure("restarts", f"0 of {restarts} votes failed")
    figure("good releases", f"0 of {releases} votes failed")
    figure("slowest vote", f"{max(vote.seconds for vote in load.votes):.1f} s")
    figure("SYN packets lost", lost)
