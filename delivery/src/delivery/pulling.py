"""Whether a cluster may pull our images: GHCR's packages are private until somebody says otherwise."""

from collections.abc import Iterable

import httpx

from delivery.errors import ConfigurationError
from delivery.kubectl import Cluster
from delivery.overlay import Image

HOST = "ghcr.io"
INDEX = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"
KINDS = f"{INDEX}, application/vnd.docker.distribution.manifest.v2+json"


def require(cluster: Cluster, images: Iterable[Image], client: httpx.Client | None = None) -> None:
    """Return if everybody may pull these images, or the namespace has a pull secret; else say what to do."""
    private = [image for image in images if image.name.startswith(f"{HOST}/") and not _public(image, client)]
    secret, where = f"{cluster.settings.name}-registry", cluster.namespace
    if private and not cluster("get", "secret", secret, "--ignore-not-found", "--output=name"):
        raise ConfigurationError(
            f"{private[0].name} is private and {where} has no Secret {secret} to pull it with; nothing was "
            "deployed: make the package public on GitHub, or see k8s/components/pull-secret"
        )


def _public(image: Image, client: httpx.Client | None) -> bool:
    """Whether GHCR gives the image to anybody; yes if it does not answer, the pods will say."""
    path = image.name.removeprefix(f"{HOST}/")
    try:
        with client or httpx.Client(base_url=f"https://{HOST}", timeout=10) as asked:
            token = asked.get("/token", params={"scope": f"repository:{path}:pull", "service": HOST})
            if token.status_code in (401, 403):
                return False
            bearer = {"Authorization": f"Bearer {token.json()['token']}", "Accept": KINDS}
            found = asked.head(f"/v2/{path}/manifests/{image.digest or image.tag}", headers=bearer)
    except (httpx.HTTPError, KeyError, TypeError, ValueError):
        return True
    return found.status_code not in (401, 403, 404)
