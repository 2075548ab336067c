"""The manifests of a service from `make service` render in every overlay and meet every policy."""

import subprocess
import sys

import pytest

from delivery.domain.overlay import images
from e2e.run.checkout import copy
from k8s import policies
from k8s.policies.objects import named
from k8s.policies.reach_table import markdown, table
from k8s.tests.conftest import ENVIRONMENTS

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A copy of this tree with a service called madeup."""
    home = copy(tmp_path_factory.mktemp("new-service"))
    subprocess.run([sys.executable, home / "template/make.py", "madeup"], check=True)
    return home


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_new_service_is_in_every_environment(render, home, name):
    objects = render(home / "k8s/overlays" / name)

    assert [policy.__name__ for policy in policies.ALL if policy(objects)] == []
    for kind in ("Service", "NetworkPolicy", "ServiceAccount", "PodDisruptionBudget"):
        assert "madeup" in named(objects, kind), kind
    (container,) = named(objects, "Deployment")["madeup"]["spec"]["template"]["spec"]["containers"]
    vote = images((home / "k8s/overlays" / name / "kustomization.yaml").read_text())["vote"]
    assert container["image"] == f"{vote.name.removesuffix('vote')}madeup:{vote.tag}"


def test_the_table_of_who_reaches_whom_has_it(render, home):
    qa = home / "k8s/overlays/qa/kustomization.yaml"
    qa.write_text(qa.read_text().replace("components:\n", "components:\n  - ../../components/stage\n"))
    wanted = table([*render(home / "k8s/platform"), *render(qa.parent)])

    assert [role for role, row in wanted.items() if row["madeup"]] == ["prometheus"]
    assert not any(wanted["madeup"].values())
    assert markdown(wanted) in (home / "k8s/README.md").read_text()
