"""Story 9: the API server takes every overlay and every component on dev, and the plugin finds no fault.

That they keep our policies, each of which catches a mutant, is shown by `make manifests`.
"""

import pytest

from delivery.adapters.process import ToolError
from delivery.domain import overlay
from delivery.domain.services import ROOT
from demo import kustomization
from e2e.cluster.rollouts import patch, replace
from k8s.tests.conftest import ENVIRONMENTS
from k8s.tests.test_render import ON_DEV


@pytest.fixture
def check(cluster):
    """Let the API server and the plugin judge an overlay with more components or patches."""

    def judge(name, *components, patches=()):
        content = overlay.load((ROOT / overlay.path(name)).read_text())
        content["components"] += [f"../../components/{each}" for each in components]
        content["patches"] += patches
        folder = kustomization.copied(name, content, cluster.folder(f"dry-run/{name}"))
        cluster.kubectl("apply", "--dry-run=server", f"--kustomize={folder}", seconds=60)
        manifests = folder / "manifests.yaml"
        manifests.write_text(cluster.kubectl("kustomize", str(folder)))
        cluster.kubectl("argo", "rollouts", "lint", f"--filename={manifests}")

    return judge


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_overlay_is_taken(check, name):
    check(name)


@pytest.mark.parametrize("component", ON_DEV)
def test_every_component_on_dev_is_taken(check, component):
    check("dev", component)


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (replace("/spec/replicas", "many"), "Invalid value"),  # the API server's part
        (replace("/spec/strategy/canary/maxSurge", 0), "maxSurge"),  # the plugin's
    ],
    ids=["a word for a number", "a canary that can never start"],
)
def test_a_mistake_is_refused(check, operation, reason):
    with pytest.raises(ToolError, match=reason):
        check("qa", **patch(operation))
