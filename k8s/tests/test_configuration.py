"""A changed ConfigMap is a new release, because its name has a hash of its content."""

import re

import pytest

from delivery.domain.services import DEPLOYED
from k8s.policies.objects import named
from k8s.tests.conftest import ENVIRONMENTS, K8S, NAME

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]

CONFIG = re.compile(rf"{NAME}-config(-[a-z0-9]{{10}})?")
WITH_IT = DEPLOYED


@pytest.fixture
def changed(render, checkout):
    """An overlay's objects after a line of its kustomization was changed."""

    def objects(name: str, old: str, new: str) -> list[dict]:
        file = checkout / "overlays" / name / "kustomization.yaml"
        before = file.read_text()
        assert old in before
        file.write_text(before.replace(old, new))
        try:
            return render(file.parent)
        finally:
            file.write_text(before)

    return objects


def templates(objects: list[dict]) -> dict[str, dict]:
    """The pod templates of everything that starts pods."""
    kinds = ("Deployment", "Rollout", "StatefulSet")
    return {each["metadata"]["name"]: each["spec"]["template"] for each in objects if each["kind"] in kinds}


def configuration(objects: list[dict]) -> str:
    """The name of the ConfigMap that the services read."""
    (found,) = [each for each in named(objects, "ConfigMap") if CONFIG.fullmatch(each)]
    return found


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_new_line_of_configuration_is_a_new_release(render, changed, name):
    before = render(K8S / "overlays" / name)
    after = changed(name, "    literals:\n", "    literals:\n      - VOTE_OPTION_A=Tea\n")

    assert sorted(WITH_IT) == sorted(
        each for each, template in templates(before).items() if template != templates(after)[each]
    )
    # kubectl apply deletes nothing, so pods of the previous release can restart with their own configuration.
    assert configuration(before) != configuration(after)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_everything_reads_the_configuration_that_is_there(changed, name):
    """NEW_RELIC_HOST is optional: an analysis that reads another ConfigMap would silently query apm."""
    objects = changed(name, "    literals:\n", "    literals:\n      - NEW_RELIC_HOST=apm.example.com\n")
    readers = [each for each in objects if each["kind"] != "ConfigMap"]

    assert {found[0] for found in CONFIG.finditer(str(readers))} == {configuration(objects)}


def test_an_unchanged_configuration_starts_no_release(render, changed):
    before = render(K8S / "overlays/qa")

    assert templates(changed("qa", "  - ../../components/traffic\n", "")).items() <= templates(before).items()
