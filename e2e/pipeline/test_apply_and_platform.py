"""Story 6: what changes without a new image: manifests of an environment, and the platform."""

APPLY = "apply-voting01.yaml"
PLATFORM = "platform-voting01.yaml"


def test_a_change_of_the_manifests_is_applied(ground):
    with ground.alone("dev"):
        ground.owner.pull()
        overlay = ground.owner.folder / "k8s/overlays/dev/kustomization.yaml"
        text = overlay.read_text()
        assert "{name: vote, count: 1}" in text
        overlay.write_text(text.replace("{name: vote, count: 1}", "{name: vote, count: 2}"))
        ground.owner.commit("feat(dev): two pods of vote")
        before = ground.tag("dev")

        run = ground.owner.dispatch(APPLY, environment="dev")

        assert run.ok, run
        assert run.jobs.get("build", "skipped") != "failure"
        state = ground.env("dev").look()
        assert (state.tag, state.healthy) == (before, True)
        assert sum(each.ready for each in state.pods) == 2


def test_a_push_to_apm_renews_the_platform_and_no_environment(ground):
    with ground.alone():
        ground.owner.pull()
        declared = ground.owner.folder / "apm/src/apm/__init__.py"
        declared.write_text(declared.read_text() + "# changed\n")
        change = ground.owner.commit("fix(apm): a comment")
        before, tip = ground.env("dev").look(), ground.fork.tip()

        run = ground.owner.pushed(PLATFORM)

        assert run.ok, run
        assert ground.fork.deployments(tip) == []
        assert ground.env("dev").look() == before
        (subject,) = ground.fork.since(tip)
        assert subject.startswith(f"deploy(platform): apm {change[:7]}-")
        select = "--field-selector=metadata.name=apm"
        (apm,) = ground.cluster.kubectl.objects("deployments.apps", "voting01-platform", select)
        (container,) = apm["spec"]["template"]["spec"]["containers"]
        assert f"/apm:{change[:7]}-" in container["image"]
        assert "@sha256:" in container["image"]
