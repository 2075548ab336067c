"""The platform: apm is pinned by digest on main, then k8s/platform is applied from main."""

import pytest

from delivery.commands import platform
from delivery.domain import overlay
from delivery.domain.errors import ConfigurationError

from .fakes import DIGEST
from .samples import git

TAG = "0a1b2c3-20260102030405"
APM = """\
kind: Kustomization
namespace: acme-platform # stays
images:
  - name: apm
    newName: ghcr.io/elsewhere/apm
    newTag: 0000000-20260101000000
"""


@pytest.fixture
def with_platform(project):
    """A project whose main has k8s/platform."""
    for path, text in ((platform.PATH, APM), ("k8s/platform/kustomization.yaml", "resources: [apm]\n")):
        (project.root / path).parent.mkdir(parents=True, exist_ok=True)
        (project.root / path).write_text(text)
    git(project.root, "add", ".")
    git(project.root, "commit", "--quiet", "--message=feat: a platform")
    git(project.root, "push", "--quiet", "origin", "HEAD:main")
    return project


@pytest.mark.servers
def test_apm_is_pinned_and_the_platform_applied(with_platform, fakes, origin):
    made = platform.renew(with_platform, TAG, print)

    text = origin.main("show", f"main:{platform.PATH}")
    assert made == origin.main("rev-parse", "main")
    assert str(overlay.images(text)["apm"]) == f"registry.example/acme/apm:{TAG}@{DIGEST}"
    assert "acme-platform # stays" in text
    assert "resources: [apm]" in fakes.applied
    assert any(line.startswith("kubectl rollout status deployment.apps/apm") for line in fakes.asked)
    assert not any("--namespace=acme-dev" in line for line in fakes.asked), "dev notices nothing"
    (applied,) = [line for line in fakes.asked if "kubectl apply" in line]
    assert "--namespace" not in applied, "kubectl refuses objects of other namespaces beside one"

    assert platform.renew(with_platform, TAG, print) == "", "main names it already; it is applied again"


@pytest.mark.servers
def test_without_a_tag_main_is_applied(with_platform, fakes, origin):
    before = origin.main("rev-parse", "main")

    assert platform.renew(with_platform, None, print) == ""

    assert origin.main("rev-parse", "main") == before
    assert "resources: [apm]" in fakes.applied


@pytest.mark.servers
@pytest.mark.parametrize("fault", ["cluster-away", "registry-away"])
def test_nothing_is_committed_while_something_is_unreachable(with_platform, fakes, origin, fault):
    before = origin.main("rev-parse", "main")
    fakes.breaks(fault)

    with pytest.raises(ConfigurationError, match="does not answer"):
        platform.renew(with_platform, TAG, print)

    assert origin.main("rev-parse", "main") == before


@pytest.mark.servers
def test_a_refusal_says_what_to_do(with_platform, fakes):
    fakes.breaks("refuse")

    with pytest.raises(ConfigurationError, match="admission webhook said no; fix that, then: "):
        platform.renew(with_platform, TAG, print)
