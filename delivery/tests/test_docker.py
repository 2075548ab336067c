from dataclasses import replace

import pytest

from delivery.adapters import docker
from delivery.adapters.process import Runner
from delivery.domain.errors import ConfigurationError
from delivery.domain.image import Image
from delivery.domain.services import SERVICES

from .fakes import DIGEST

pytestmark = pytest.mark.servers

TAG = "0a1b2c3-20260102030405"
IMAGE = Image("registry.example/acme/vote", TAG, DIGEST)
BOTH = "linux/amd64,linux/arm64"


def test_images_are_built_without_attestations_for_one_platform(settings, tmp_path, fakes):
    docker.build(settings, tmp_path, TAG, Runner(), push=False)

    assert len(fakes.asked) == len(SERVICES)
    for line in fakes.asked:
        assert {"--provenance=false", "--sbom=false", "--platform=linux/amd64"} < {*line.split()}


def test_images_for_this_machine_are_built_without_attestations_too(tmp_path, fakes):
    """In Docker's containerd store, an image with attestations is a list, which kind cannot load."""
    docker.build_here({"vote": "vote:1"}, tmp_path)

    (line,) = fakes.asked
    assert line.startswith("docker build --quiet --provenance=false --sbom=false --file vote/Dockerfile")


def test_a_docker_without_buildx_is_a_clear_error(tmp_path, fakes):
    fakes.breaks("no-buildx")

    with pytest.raises(ConfigurationError, match="docker has no buildx; install it"):
        docker.build_here({"vote": "vote:1"}, tmp_path)


@pytest.mark.parametrize("there", [True, False])
def test_images_for_several_platforms_are_built_with_our_builder(settings, tmp_path, fakes, there):
    if there:
        fakes.breaks("builder")

    docker.build(replace(settings, platforms=BOTH), tmp_path, TAG, Runner(), push=True)

    builds = [line for line in fakes.asked if line.startswith("docker buildx build --builder delivery")]
    assert all(f"--platform={BOTH}" in line and "--provenance=false" in line for line in builds)
    assert ["--push" in line for line in builds] == [False] * len(SERVICES) + [True] * len(SERVICES)
    assert any("buildx create --name delivery" in line for line in fakes.asked) == (not there)
    assert not any(line.startswith("docker push") for line in fakes.asked)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('{"architecture":"amd64","os":"linux","config":{}}', {"linux/amd64"}),
        ('{"linux/amd64":{"os":"linux"},"linux/arm64/v8":{"os":"linux"}}', {"linux/amd64", "linux/arm64"}),
        ('{"linux/arm64":{},"unknown/unknown":{}}', {"linux/arm64"}),
        ("  Platform:    linux/arm64\n\n  Platform:    unknown/unknown\n", {"linux/arm64"}),
        ("Name: x\nDigest: y\n", set()),
        ("null", set()),
    ],
    ids=["one", "several", "an attestation", "an older buildx", "an older buildx, one", "nothing"],
)
def test_the_platforms_of_an_image_are_read(fakes, said, found):
    fakes.is_built_for(said)

    assert docker.platforms(IMAGE) == found


def test_without_the_registry_platforms_are_unknown(fakes):
    fakes.breaks("registry-away")

    assert docker.platforms(IMAGE) == set()
