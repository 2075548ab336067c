"""A namespace needs a database password besides its manifests."""

import pytest

from delivery.commands import deploy
from delivery.domain import overlay

from .samples import tag_on_main

pytestmark = pytest.mark.servers


def test_a_namespace_without_a_password_gets_one(project, fakes, tag):
    fakes.breaks("no-secret")
    deploy.deploy(project, "qa", tag, print)

    made = (fakes.folder / "created").read_text()
    assert '"name": "acme-database"' in made
    assert not any("password" in line for line in fakes.asked)


def test_a_namespace_keeps_its_password(project, fakes, tag):
    deploy.deploy(project, "qa", tag, print)

    assert any("get secret acme-database" in line for line in fakes.asked)
    assert not any("create" in line for line in fakes.asked)


def test_two_concurrent_first_deployments_both_succeed(origin, project, fakes, tag):
    """The other one creates the password and the objects between our check and our creation."""
    for each in ("no-secret", "exists", "exists-once"):
        fakes.breaks(each)

    made = deploy.deploy(project, "qa", tag, print)

    assert tag_on_main(origin) == overlay.tag(fakes.applied) == made.tag
    assert sum("kubectl apply" in line for line in fakes.asked) == 2
