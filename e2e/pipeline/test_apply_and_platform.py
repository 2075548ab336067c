"""Story 6: changes without a new image of the app: manifests of an environment, and the platform."""

from e2e.pipeline.names import APPLY, PLATFORM


def test_a_change_of_the_manifests_is_applied(testbed):
    with testbed.alone("dev"):
        testbed.owner.pull()
        overlay = testbed.owner.folder / "k8s/overlays/dev/kustomization.yaml"
        text = overlay.read_text()
        assert "{name: vote, count: 1}" in text
        overlay.write_text(text.replace("{name: vote, count: 1}", "{name: vote, count: 2}"))
        testbed.owner.commit("feat(dev): two pods of vote")
        before = testbed.tag("dev")

        run = testbed.owner.dispatch(APPLY, environment="dev")

        assert run.ok, run
        assert run.jobs.get("build", "skipped") != "failure"
        state = testbed.env("dev").look()
        assert (state.tag, state.healthy) == (before, True)
        assert sum(each.ready for each in state.pods) == 2


def test_a_push_to_apm_updates_the_platform_and_no_environment(testbed):
    with testbed.alone():
        testbed.owner.pull()
        declared = testbed.owner.folder / "apm/src/apm/__init__.py"
        declared.write_text(declared.read_text() + "# changed\n")
        change = testbed.owner.commit("fix(apm): a comment")
        before, tip = testbed.env("dev").look(), testbed.fork.tip()

        run = testbed.owner.pushed(PLATFORM)

        assert run.ok, run
        assert testbed.fork.deployments(tip) == []
        assert testbed.env("dev").look() == before
        (subject,) = testbed.fork.since(tip)
        assert subject.startswith(f"deploy(platform): apm {change[:7]}-")
        select = "--field-selector=metadata.name=apm"
        (apm,) = testbed.cluster.kubectl.objects(
            "deployments.apps", testbed.cluster.platform_namespace, select
        )
        (container,) = apm["spec"]["template"]["spec"]["containers"]
        assert f"/apm:{change[:7]}-" in container["image"]
        assert "@sha256:" in container["image"]
