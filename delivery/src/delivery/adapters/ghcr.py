"""The GHCR adapter: packages are private by default."""

import httpx

from delivery.domain.image import Image

HOST = "ghcr.io"
INDEX = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"
KINDS = f"{INDEX}, application/vnd.docker.distribution.manifest.v2+json"


def public(image: Image, client: httpx.Client | None = None) -> bool:
    """Whether anybody can pull the image from GHCR; True if GHCR does not answer, as the pods will show."""
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
