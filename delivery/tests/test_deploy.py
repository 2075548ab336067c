"""Real git; kubectl and docker are fakes that answer from files."""

import json
from dataclasses import replace

import pytest

from delivery.commands import deploy
from delivery.domain import overlay
from delivery.domain.errors import ConfigurationError, NothingToDoError
from delivery.domain.image import Image
from delivery.domain.services import image_names

from .fakes import DIGEST, rollout
from .samples import ADA, deployed, main, tag_on_main

pytestmark = pytest.mark.servers


def test_a_deployment_is_a_commit_that_is_applied(origin, project, fakes, tag, tmp_path):
    said = []
    made = deploy.deploy(project, "qa", tag, said.append)

    assert deployed(origin) == [replace(made, at=deployed(origin)[0].at)]
    assert made.people == (ADA,)
    assert made.source.startswith(tag[:7])
    assert made.run_url.endswith("/42")
    assert tag_on_main(origin) == tag
    assert overlay.images(fakes.applied) == {each.service: each for each in made.images}
    assert all(each.digest for each in made.images)
    assert f"Deployed to qa\n\n| qa | `{tag}` |" in (tmp_path / "summary.md").read_text()
    assert said == [f"{made.commit[:7]} on main: qa is {tag}"]


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("registry-away", "the registry does not answer for registry.example/acme/vote:.*connection refused"),
        (
            "no-image",
            r"the registry has no registry.example/acme/vote:.*; build it: delivery build --image-tag",
        ),
        ("cluster-away", "the cluster acme does not answer; .*connection refused"),
        ("no-namespace", "the cluster acme has no namespace acme-qa; make it once: kubectl apply -k"),
    ],
)
def test_an_unreachable_service_leaves_git_unchanged(origin, project, fakes, tag, *, broken, line):
    before = main(origin)
    fakes.breaks(broken)

    with pytest.raises(ConfigurationError, match=line):
        deploy.deploy(project, "qa", tag, print)
    assert main(origin) == before
    assert not fakes.applied


def test_other_clusters_are_not_touched(origin, project, fakes, tag):
    before = main(origin)
    config = {"current-context": "x", "contexts": [{"name": "x", "context": {"cluster": "production"}}]}
    (fakes.folder / "config.json").write_text(json.dumps(config))
    elsewhere = replace(project, settings=replace(project.settings, connect="aws"))

    with pytest.raises(ConfigurationError, match="kubectl has no context for the cluster acme"):
        deploy.deploy(elsewhere, "qa", tag, print)
    assert main(origin) == before
    assert fakes.asked == ["kubectl config view --output=json"]


def test_every_command_names_the_context(project, fakes, tag):
    config = {"current-context": "x", "contexts": [{"name": "y", "context": {"cluster": "acme"}}]}
    (fakes.folder / "config.json").write_text(json.dumps(config))
    ours = replace(project, settings=replace(project.settings, connect="kubeconfig"))

    deploy.deploy(ours, "qa", tag, print)

    local = ("kubectl config view", "kubectl kustomize")
    asked = [line for line in fakes.asked if line.startswith("kubectl ") and not line.startswith(local)]
    assert any("apply" in line for line in asked)
    assert all("--context=y" in line for line in asked)


def test_a_deployment_that_the_cluster_refuses_is_reverted(origin, project, fakes, tag):
    before = origin.main("show", f"main:{overlay.path('qa')}")
    fakes.breaks("refuse")

    with pytest.raises(
        ConfigurationError, match=f"the cluster refused {tag}, its commit is reverted: .*said no"
    ):
        deploy.deploy(project, "qa", tag, print)
    assert origin.main("show", f"main:{overlay.path('qa')}") == before
    newest, refused = deployed(origin)
    assert newest.rollback_of == refused.tag == tag
    assert "admission webhook said no" in newest.reason


def test_the_same_tag_again_is_nothing_to_do(origin, project, fakes, tag):
    deploy.deploy(project, "qa", tag, print)
    before = main(origin)
    fakes.runs(rollout(tag))

    with pytest.raises(NothingToDoError, match=f"already deployed, no new rollout: qa has {tag}"):
        deploy.deploy(project, "qa", tag, print)
    assert main(origin) == before


def test_a_running_rollout_is_deployed_again_without_a_commit(origin, project, fakes, tag):
    """As "Re-run failed jobs" does when the run that waited for it was lost."""
    deploy.deploy(project, "qa", tag, print)
    before = main(origin)
    fakes.runs(rollout(tag, phase="Progressing", stable="fffffff-20250101000000"))

    made = deploy.deploy(project, "qa", tag, print)

    assert (made.tag, made.commit) == (tag, "")
    assert main(origin) == before


def test_what_main_has_and_the_cluster_lacks_is_applied_without_a_commit(origin, project, fakes, tag):
    deploy.deploy(project, "qa", tag, print)
    before = main(origin)
    fakes.runs(rollout("fffffff-20250101000000"))

    assert deploy.deploy(project, "qa", tag, print).commit == ""
    assert main(origin) == before
    assert sum("apply" in line for line in fakes.asked) == 2


def test_a_later_deployment_wins_on_main_and_in_the_cluster(origin, project, fakes, tag, tmp_path):
    """Another deployment is committed while the first one is applied: the cluster ends with main."""
    other = origin.clone()
    names = {
        service: Image(name, "fffffff-20260102030406", DIGEST)
        for service, name in image_names(project.settings).items()
    }
    file = tmp_path / "later.yaml"
    file.write_text(overlay.with_images((other / overlay.path("qa")).read_text(), names))
    (fakes.folder / "on-apply").write_text(
        f'rm "$FAKES/on-apply"; cd {other} && git pull --quiet && cp {file} {overlay.path("qa")} && '
        "git commit --quiet --all --message=later && git push --quiet origin main\n"
    )

    with pytest.raises(
        NothingToDoError, match="fffffff-20260102030406 was deployed to qa meanwhile and wins"
    ):
        deploy.deploy(project, "qa", tag, print)
    assert overlay.tag(fakes.applied) == tag_on_main(origin) == "fffffff-20260102030406"


def test_the_previous_overlay_is_applied_again_after_a_refusal(project, fakes, tag):
    """The cluster may have applied half of what it refused."""
    deploy.deploy(project, "qa", tag, print)
    fakes.runs(rollout(tag))
    (fakes.folder / "applied.yaml").unlink()
    fakes.breaks("refuse-once")

    with pytest.raises(ConfigurationError, match="its commit is reverted: "):
        deploy.deploy(project, "qa", tag.replace("030405", "040000"), print)
    assert overlay.tag(fakes.applied) == tag


def test_a_dry_run_touches_nothing(origin, project, fakes, tag, capsys):
    before = main(origin)
    shown = replace(project, runner=replace(project.runner, dry_run=True))

    assert deploy.deploy(shown, "qa", tag, print).commit == ""

    said = capsys.readouterr().out
    assert "+ git push origin" in said
    assert "+ kubectl apply --kustomize=" in said
    assert main(origin) == before
    assert not fakes.applied


def test_a_tag_of_another_repository_is_refused(project, fakes, origin):
    before = main(origin)

    with pytest.raises(
        ConfigurationError, match="was built from fffffff, which this repository does not have"
    ):
        deploy.deploy(project, "qa", "fffffff-20260102030405", print)
    assert main(origin) == before
