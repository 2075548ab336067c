"""Story 4: two runs at once both succeed; an unreachable registry or cluster leaves nothing half done."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from delivery.adapters.process import run
from e2e.pipeline.fork import Person
from e2e.pipeline.names import DEPLOY, PROMOTE, ROLL_BACK

DEV = DEPLOY["dev"]
GRACE = Person("Grace Hopper", "grace@example.org")


def test_two_pushes_at_once_both_land(testbed):
    """GitHub would queue the second run; act does not, so the later commit wins."""
    grace = testbed.fork.clone(GRACE)
    with testbed.alone("dev"):
        tip = testbed.fork.tip()
        testbed.owner.show_version(20)
        grace.show_version(21)
        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(clone.pushed, DEV) for clone in (testbed.owner, grace)]
            ended = [each.result() for each in runs]

        assert any(each.ok for each in ended), ended
        newest, before = testbed.fork.deployments(tip, "dev")
        assert not run("git", "log", "--merges", "--format=%h", f"{tip}..main", cwd=testbed.fork.origin)
        dev = testbed.env("dev").look()
        assert dev.healthy
        assert dev.tag in newest, "the running tag is the one on main"
        assert dev.tag not in before


def test_an_unreachable_registry(testbed):
    with testbed.alone():
        testbed.owner.show_version(22)
        before, tip = testbed.env("dev").look(), testbed.fork.tip()
        testbed.registry.stop()
        try:
            failed = testbed.owner.pushed(DEV)
        finally:
            testbed.registry.start()

        assert failed.failed == ["delivery build"]
        assert one_line(failed, testbed.registry.host)
        assert testbed.fork.deployments(tip) == []
        assert testbed.env("dev").look() == before
        assert testbed.owner.pushed(DEV).ok, "the same push succeeds once the registry is back"


@pytest.mark.parametrize("workflow", [DEV, PROMOTE, ROLL_BACK])
def test_an_unreachable_cluster(testbed, workflow):
    inputs = {
        DEV: {"image_tag": testbed.tag("dev")},
        PROMOTE: {"from": "dev", "to": "qa"},
        ROLL_BACK: {"environment": "dev", "reason": "to see it fail"},
    }[workflow]
    with testbed.alone():
        tip = testbed.fork.tip()
        nodes = testbed.cluster.nodes
        run("docker", "pause", *nodes)
        try:
            failed = testbed.owner.dispatch(workflow, **inputs)
        finally:
            run("docker", "unpause", *nodes)

        assert not failed.ok
        assert one_line(failed, "does not answer")
        assert testbed.fork.tip() == tip
        assert testbed.env("dev").look().healthy


def one_line(failed, words):
    """The lines of the run's output with these words; fails if there is a traceback."""
    assert "Traceback" not in failed.said, failed
    return [line for line in failed.said.splitlines() if words in line]
