"""Story 4: two runs at once both land; a registry or a cluster that is away leaves nothing half done."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from delivery.adapters.process import run
from e2e.pipeline.fork import Person

DEV = "ci-build-push-voting01-dev.yaml"
GRACE = Person("Grace Hopper", "grace@example.org")


def test_two_pushes_at_once_both_land(ground):
    """GitHub would let one wait for the other; act does not, so the later commit wins."""
    grace = ground.fork.clone(GRACE)
    with ground.alone("dev"):
        tip = ground.fork.tip()
        ground.owner.show_version(20)
        grace.show_version(21)
        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(clone.pushed, DEV) for clone in (ground.owner, grace)]
            ended = [each.result() for each in runs]

        assert any(each.ok for each in ended), ended
        newest, before = ground.fork.deployments(tip, "dev")
        assert not run("git", "log", "--merges", "--format=%h", f"{tip}..main", cwd=ground.fork.origin)
        dev = ground.env("dev").look()
        assert dev.healthy
        assert dev.tag in newest, "what runs is what main says"
        assert dev.tag not in before


def test_a_registry_that_is_away(ground):
    with ground.alone():
        ground.owner.show_version(22)
        before, tip = ground.env("dev").look(), ground.fork.tip()
        ground.registry.stop()
        try:
            away = ground.owner.pushed(DEV)
        finally:
            ground.registry.start()

        assert away.failed == ["delivery build"]
        assert one_line(away, ground.registry.host)
        assert ground.fork.deployments(tip) == []
        assert ground.env("dev").look() == before
        assert ground.owner.pushed(DEV).ok, "the same push again, once it is back"


@pytest.mark.parametrize("workflow", [DEV, "promote-voting01.yaml", "rollback-voting01.yaml"])
def test_a_cluster_that_is_away(ground, workflow):
    inputs = {
        DEV: {"image_tag": ground.tag("dev")},
        "promote-voting01.yaml": {"from": "dev", "to": "qa"},
        "rollback-voting01.yaml": {"environment": "dev", "reason": "to see it fail"},
    }[workflow]
    with ground.alone():
        tip = ground.fork.tip()
        nodes = ground.cluster.nodes
        run("docker", "pause", *nodes)
        try:
            away = ground.owner.dispatch(workflow, **inputs)
        finally:
            run("docker", "unpause", *nodes)

        assert not away.ok
        assert one_line(away, "does not answer")
        assert ground.fork.tip() == tip
        assert ground.env("dev").look().healthy


def one_line(away, words):
    """Whether one line of the run's output says it, without a traceback."""
    assert "Traceback" not in away.said, away
    return [line for line in away.said.splitlines() if words in line]
