from pathlib import Path

import pytest

from delivery.domain import overlay
from delivery.domain.errors import ConfigurationError
from delivery.domain.image import Image

from .fakes import DIGEST
from .samples import KUSTOMIZATION, images

ROOT = Path(__file__).parents[2]
TEXT = KUSTOMIZATION.format(strategy="canary")
TAG = "0a1b2c3-20260102030405"


def wanted(text, tag, digest=DIGEST):
    return {service: Image(each.name, tag, digest) for service, each in overlay.images(text).items()}


def changed_lines(before, after):
    return set(after.splitlines()) ^ set(before.splitlines())


def test_only_the_images_change():
    after = overlay.with_images(TEXT, wanted(TEXT, TAG))

    assert changed_lines(TEXT, after) == {
        "    newTag: 0000000-20260101000000",
        f"    newTag: {TAG}",
        f"    digest: {DIGEST}",
    }
    assert overlay.images(after) == dict(zip(("vote", "worker"), images(TAG), strict=True))
    assert overlay.tag(after) == TAG


@pytest.mark.parametrize("env", ["dev", "qa", "uat", "staging"])
def test_our_overlays_round_trip(env):
    text = (ROOT / overlay.path(env)).read_text()

    assert overlay.with_images(text, overlay.images(text)) == text
    there_and_back = overlay.with_images(overlay.with_images(text, wanted(text, TAG)), overlay.images(text))
    assert there_and_back == text


def test_a_tag_of_digits_stays_a_string():
    after = overlay.with_images(TEXT, wanted(TEXT, "1234567-20260102030405"))

    assert overlay.tag(after) == "1234567-20260102030405"


def test_two_tags_are_one_too_many():
    text = TEXT.replace("0000000-20260101000000", TAG, 1)

    with pytest.raises(ConfigurationError, match="it must name one"):
        overlay.tag(text)


@pytest.mark.parametrize(
    "text", ["ghcr.io/acme/vote:t", f"localhost:5000/vote:t@{DIGEST}", f"vote:t@{DIGEST}"]
)
def test_an_image_reads_as_it_is_written(text):
    image = Image.read(text)

    assert str(image) == text
    assert (image.service, image.tag) == ("vote", "t")


@pytest.mark.parametrize(
    "text", ["vote", "ghcr.io/acme/vote", "localhost:5000/acme/vote", f"r:5000/vote@{DIGEST}"]
)
def test_an_image_without_a_tag_has_none(text):
    image = Image.read(text)

    assert str(image) == text
    assert (image.service, image.tag) == ("vote", "")
