"""Private packages are detected before the deployment; GHCR is a fake here."""

import httpx
import pytest

from delivery.domain.errors import ConfigurationError
from delivery.domain.image import Image
from delivery.steps import preflight

from .fakes import DIGEST

IMAGE = Image("ghcr.io/acme-org/acme/vote", "0a1b2c3-20260102030405", DIGEST)


def ghcr(*, token=200, manifest=200):
    """A client of a fake GHCR with these answers."""

    def answer(request):
        if request.url.path == "/token":
            assert request.url.params["scope"] == "repository:acme-org/acme/vote:pull"
            return httpx.Response(token, json={"token": "anybody"})
        assert request.url.path == f"/v2/acme-org/acme/vote/manifests/{DIGEST}"
        return httpx.Response(manifest)

    return httpx.Client(base_url="https://ghcr.io", transport=httpx.MockTransport(answer))


@pytest.mark.servers
@pytest.mark.parametrize("answers", [{"token": 403}, {"manifest": 401}, {"manifest": 403}, {"manifest": 404}])
def test_a_private_package_needs_a_secret(project, fakes, answers):
    fakes.breaks("no-secret")

    with pytest.raises(ConfigurationError, match="acme/vote is private and acme-qa has no Secret acme-reg"):
        preflight.require_pullable(project.cluster("qa"), [IMAGE], ghcr(**answers))


@pytest.mark.servers
def test_with_a_secret_it_is_deployed(project, fakes):
    preflight.require_pullable(project.cluster("qa"), [IMAGE], ghcr(token=403))


@pytest.mark.servers
@pytest.mark.parametrize("answers", [{}, {"token": 500}, {"manifest": 503}])
def test_a_public_package_or_an_unreachable_ghcr_needs_no_secret(project, fakes, answers):
    fakes.breaks("no-secret")

    preflight.require_pullable(project.cluster("qa"), [IMAGE], ghcr(**answers))


@pytest.mark.servers
def test_other_registries_are_not_checked(project, fakes):
    elsewhere = Image("registry.example/acme/vote", IMAGE.tag, DIGEST)

    preflight.require_pullable(project.cluster("qa"), [elsewhere], ghcr(token=403))

    assert fakes.asked == []
