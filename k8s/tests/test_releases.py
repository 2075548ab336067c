"""How vote is released in each environment."""

from urllib.parse import urlsplit

import pytest

from delivery.domain.image import Image
from delivery.domain.overlay import images, with_images
from k8s.policies.objects import named
from k8s.tests.conftest import ENVIRONMENTS, NAME, SETTINGS

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]

TAG, DIGEST = "1234567-20260102030405", f"sha256:{'a' * 64}"


def vote(objects: list[dict]) -> dict:
    (found,) = [
        each
        for each in objects
        if each["kind"] in ("Deployment", "Rollout") and each["metadata"]["name"] == "vote"
    ]
    return found


def variables(objects: list[dict]) -> dict[str, dict]:
    (container,) = vote(objects)["spec"]["template"]["spec"]["containers"]
    return {variable["name"]: variable for variable in container["env"]}


@pytest.mark.parametrize(
    ("name", "kind", "label"),
    [
        ("dev", "Deployment", "pod-template-hash"),
        ("qa", "Rollout", "rollouts-pod-template-hash"),
        ("uat", "Rollout", "rollouts-pod-template-hash"),
        ("staging", "Rollout", "rollouts-pod-template-hash"),
    ],
)
def test_each_pod_knows_its_release_and_its_tag(overlay, name, kind, label):
    objects = overlay(name)

    assert vote(objects)["kind"] == kind
    release = variables(objects)["RELEASE"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert release == f"metadata.labels['{label}']"
    image = vote(objects)["spec"]["template"]["spec"]["containers"][0]["image"]
    assert variables(objects)["IMAGE_TAG"]["value"] == image.split("@")[0].rpartition(":")[2]


def test_a_tag_pinned_by_digest_is_shown_without_it(render, checkout):
    file = checkout / "overlays" / "qa" / "kustomization.yaml"
    before = file.read_text()
    names = {service: Image(each.name, TAG, DIGEST) for service, each in images(before).items()}
    file.write_text(with_images(before, names))
    try:
        objects = render(file.parent)
    finally:
        file.write_text(before)

    image = vote(objects)["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == str(names["vote"])
    assert variables(objects)["IMAGE_TAG"]["value"] == TAG


@pytest.mark.parametrize("name", ["qa", "uat"])
def test_the_canary_has_the_eight_steps(overlay, name):
    rollout = vote(overlay(name))["spec"]
    canary = rollout["strategy"]["canary"]

    def short(step: dict) -> object:
        (kind,) = step
        match kind:
            case "setWeight":
                return step[kind]
            case "pause":
                return step[kind]["duration"]
        return [template["templateName"] for template in step[kind]["templates"]]

    assert rollout["replicas"] == 5
    assert [short(step) for step in canary["steps"]] == [
        20,
        "2m",
        [f"{NAME}-health-check"],
        50,
        "3m",
        [f"{NAME}-canary-analysis"],
        100,
        [f"{NAME}-canary-analysis"],
    ]
    assert {"name": "initial-delay", "value": "1m"} in canary["steps"][7]["analysis"]["args"]
    assert canary["analysis"]["startingStep"] == 1
    assert (canary["canaryService"], canary["stableService"]) == ("vote-canary", "vote-stable")


def test_staging_is_blue_green_as_designed(overlay):
    spec = vote(overlay("staging"))["spec"]
    strategy = spec["strategy"]["blueGreen"]

    assert (spec["replicas"], spec["revisionHistoryLimit"]) == (3, 2)
    assert (strategy["activeService"], strategy["previewService"]) == ("vote", "vote-preview")
    assert (strategy["autoPromotionEnabled"], strategy["scaleDownDelaySeconds"]) == (False, 30)
    hosts = {
        rule["host"]
        for each in named(overlay("staging"), "Ingress").values()
        for rule in each["spec"]["rules"]
    }
    pages = ("vote", "vote-preview", "result")
    assert hosts == {urlsplit(SETTINGS.url("staging", page)).hostname for page in pages}


DURATIONS = {"duration", "interval", "initialDelay", "progressDeadlineSeconds"}


def differences(one: object, other: object, path: tuple = ()) -> list[tuple]:
    """The paths at which two objects differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        if one.get("name") == other.get("name") == "initial-delay":
            path = (*path, "initialDelay")
        return [at for key in one for at in differences(one[key], other[key], (*path, key))]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            at for i, pair in enumerate(zip(one, other, strict=True)) for at in differences(*pair, (*path, i))
        ]
    return [] if one == other else [path]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_fast_changes_durations_only(overlay, name):
    changed = differences(overlay(name), overlay(name, "fast"))

    assert [path for path in changed if not DURATIONS & {path[-1], path[-2]}] == []
    assert bool(changed) == (name != "dev")
