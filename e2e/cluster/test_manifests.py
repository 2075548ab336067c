"""Story 9: the API server accepts every overlay, and every component on dev, and the plugin's lint passes.

`make manifests` checks them against our policies.
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
    """Validates an overlay with additional components or patches, by the API server and the plugin."""

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
def test_every_overlay_is_accepted(check, name):
    check(name)


@pytest.mark.parametrize("component", ON_DEV)
def test_every_component_is_accepted_on_dev(check, component):
    check("dev", component)


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (replace("/spec/replicas", "many"), "Invalid value"),  # refused by the API server
        (replace("/spec/strategy/canary/maxSurge", 0), "maxSurge"),  # refused by the plugin
    ],
    ids=["a word for a number", "a canary that can never start"],
)
def test_a_mistake_is_refused(check, operation, reason):
    with pytest.raises(ToolError, match=reason):
        check("qa", **patch(operation))
