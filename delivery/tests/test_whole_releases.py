"""A release is images, manifests and configuration: real git; kubectl and docker are fakes."""

import pytest

from delivery.adapters import pages
from delivery.commands import deploy, promote, rollback
from delivery.domain import overlay
from delivery.domain.errors import ConfigurationError, TimedOutError
from delivery.steps import manifests, watch
from delivery.steps.desired_state import DesiredState, apply

from .fakes import rollout
from .samples import deployed, git

pytestmark = pytest.mark.servers

OWN = "patch: |-"
TIGHT = "patch: |- # memory 1Mi"
BASE = "k8s/base/kustomization.yaml"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(watch, "PAUSE_S", 0.01)
    monkeypatch.setattr(watch, "AFTERMATH_S", 0.1)
    monkeypatch.setattr(pages, "errors_on", lambda _url, _release: False)


@pytest.fixture
def change(origin):
    """Commit a change of a file to main."""

    def edit(path, text):
        clone = origin.clone()
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_text(text)
        git(clone, "add", "--all")
        git(clone, "commit", "--quiet", f"--message=fix: {path}")
        git(clone, "push", "--quiet", "origin", "main")

    return edit


@pytest.fixture(autouse=True)
def note_base(fakes):
    """Record the content of base at each apply."""
    (fakes.folder / "on-apply").write_text(
        r"""folder=$(tail -1 "$FAKES/asked" | sed 's/.*--kustomize=\([^ ]*\).*/\1/')"""
        '\ncp "$folder/../../base/kustomization.yaml" "$FAKES/base.yaml"\n'
    )


def base(fakes):
    """The content of base at the last apply."""
    return (fakes.folder / "base.yaml").read_text()


def main(origin, path):
    return origin.main("show", f"main:{path}") + "\n"


@pytest.fixture
def a(origin, project, fakes, change, tag):
    """Release A runs in qa."""
    change(BASE, "# as A knew it\n")
    deploy.deploy(project, "qa", tag, print)
    fakes.runs(rollout(tag))
    return tag


@pytest.fixture
def b(origin, project, fakes, change, a):
    """The overlay and base have changed, and release B runs in qa."""
    change(overlay.path("qa"), main(origin, overlay.path("qa")).replace(OWN, TIGHT))
    change(BASE, "# as B knew it\n")
    after = a.replace("030405", "040000")
    deploy.deploy(project, "qa", after, print)
    fakes.runs(rollout(after))
    return after


def rolled_back(project, fakes, a, b):
    fakes.runs(rollout(a, phase="Progressing", stable=b), "next.json")
    fakes.runs(rollout(a), "promoted.json")
    return rollback.rollback(project, "qa", "out of memory", 30, print)


def test_rollback_restores_the_whole_release(origin, project, fakes, a, b):
    before = deployed(origin)[1]
    assert "1Mi" in fakes.applied

    made, state = rolled_back(project, fakes, a, b)

    assert "1Mi" not in fakes.applied
    assert base(fakes) == "# as A knew it\n"
    assert state.healthy
    assert main(origin, overlay.path("qa")) == fakes.applied
    assert main(origin, BASE) == "# as B knew it\n"  # for other environments and the next release
    assert deployed(origin)[0].manifests == before.manifests == made.manifests
    assert any("argo rollouts promote vote --full" in line for line in fakes.asked)  # users had exactly this


def test_what_is_applied_again_later_is_what_was_rolled_back_to(project, fakes, a, b):
    rolled_back(project, fakes, a, b)
    apply(project, "qa", DesiredState.now(project))

    assert "1Mi" not in fakes.applied
    assert base(fakes) == "# as A knew it\n"


def test_a_template_that_users_never_had_gets_its_steps(project, fakes, a, b):
    """Somebody applied something else by hand, or another controller computes another hash."""
    other, *sets = rollout(a, phase="Progressing", stable=b)
    other["status"]["currentPodHash"] = "never-seen"
    fakes.runs([other, *sets], "next.json")

    with pytest.raises(TimedOutError, match="is not healthy in qa"):
        rollback.rollback(project, "qa", "out of memory", 0.2, print)

    assert not any("argo rollouts promote" in line for line in fakes.asked)


def test_a_release_that_never_became_stable_gets_its_steps(project, fakes, a, b):
    """B was replaced during its rollout: when C was deployed, A was stable."""
    fakes.runs(rollout(b, phase="Paused", stable=a))
    c = a.replace("030405", "050000")
    deploy.deploy(project, "qa", c, print)
    fakes.runs(rollout(c))
    fakes.runs(rollout(b, phase="Progressing", stable=c), "next.json")

    with pytest.raises(TimedOutError, match="is not healthy in qa"):
        rollback.rollback(project, "qa", "out of memory", 0.2, print)
    assert not any("argo rollouts promote" in line for line in fakes.asked)


def test_the_same_image_with_another_configuration_is_a_release(origin, project, fakes, change, a):
    change(overlay.path("qa"), main(origin, overlay.path("qa")).replace(OWN, TIGHT))

    made = deploy.deploy(project, "qa", a, print)

    assert made.commit
    assert "1Mi" in fakes.applied
    assert [each.tag for each in deployed(origin)] == [a, a]
    configured, *sets = rollout(a)
    configured["status"]["currentPodHash"] = configured["status"]["stableRS"] = "configured"
    fakes.runs([configured, *sets])
    rolled, _ = rolled_back(project, fakes, a, a)

    assert "1Mi" not in fakes.applied
    assert (rolled.tag, rolled.rollback_of, rolled.restores) == (a, a, deployed(origin)[2].commit)


def test_main_s_configuration_is_deployed_and_recorded_without_a_tag(origin, project, fakes, change, a):
    change(BASE, "# new\n")
    made = deploy.renew(project, "qa", print)

    assert base(fakes) == "# new\n"
    assert made.people == deployed(origin)[1].people
    assert deployed(origin)[0].manifests == manifests.tree(project.git, f"{made.commit}^")
    assert deploy.renew(project, "qa", print).commit == ""  # recorded once, applied every time
    assert sum("kubectl apply" in line for line in fakes.asked) == 3


@pytest.mark.parametrize(
    "path", ["README.md", "platform/kind.yaml", "policies/pods.py", "tests/test_render.py"]
)
def test_changes_outside_of_releases_start_none(project, change, a, path):
    change(f"k8s/{path}", "other than before")

    assert deploy.renew(project, "qa", print).commit == ""


def test_promotion_carries_the_tested_manifests(origin, project, fakes, change, a):
    change(BASE, "# not tried in qa\n")
    change(overlay.path("uat"), main(origin, overlay.path("uat")).replace(OWN, f"{OWN} # uat's own"))
    fakes.runs([], "uat.json")

    made = promote.promote(project, "qa", "uat", print)

    assert base(fakes) == "# as A knew it\n"
    assert "uat's own" in fakes.applied
    assert made.manifests == deployed(origin)[1].manifests


def test_a_rollback_that_the_cluster_refuses_is_reverted_completely(origin, project, fakes, a, b):
    """Main names B again, which users have."""
    before = main(origin, overlay.path("qa"))
    fakes.breaks("refuse-once")

    with pytest.raises(ConfigurationError, match=f"refused {a}, its commit is reverted: .*said no"):
        rollback.rollback(project, "qa", "out of memory", 30, print)
    assert main(origin, overlay.path("qa")) == before == fakes.applied
    newest, _, of_b, _ = deployed(origin)
    assert (newest.tag, newest.manifests) == (b, of_b.manifests)
