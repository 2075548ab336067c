"""Deployments in git's history: commits on main that change one overlay, or deploy it again."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from delivery.domain.attribution import Person, person
from delivery.domain.image import Image

TRAILER = re.compile(r"([A-Z][A-Za-z-]*): (.*)")
RUN_URL = re.compile(r"https?://[A-Za-z0-9.:-]+/[A-Za-z0-9._/-]+/actions/runs/\d+")
# It is passed to git, so it must not be an option or another revision.
OBJECT = re.compile(r"[0-9a-f]{40,64}")
# A message may contain any character but NUL, so NUL ends a field; --name-only lists files after the last.
RECORD = re.compile(r"\0\0(?=[0-9a-f]{40})")
LOG = (
    "log",
    "--format=%x00%x00%H%x00%ct%x00%B%x00",
    "--name-only",
    "--diff-merges=first-parent",  # list the files of merges, too
    "--extended-regexp",
    "--grep=^Environment: [a-z0-9]([a-z0-9-]*[a-z0-9])?$",  # part of the name of a namespace
)


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment: what was deployed where and when, and whose changes it has."""

    commit: str
    at: datetime
    env: str
    images: tuple[Image, ...]
    source: str  # the commit that the images were built from
    people: tuple[Person, ...]
    actor: str = ""  # the GitHub user who started the run
    run_url: str = ""
    promoted_from: str = ""
    rollback_of: str = ""
    restores: str = ""  # the commit whose overlay a rollback restored
    reason: str = ""
    manifests: str = ""  # the tree of k8s/ that it was deployed with, except for its overlay
    stable: str = ""  # the hash of the stable release at the time of the deployment

    @property
    def tag(self) -> str:
        """The tag of its images."""
        return self.images[0].tag if self.images else ""

    @property
    def button(self) -> str:
        """Who started the promotion or rollback; empty for other deployments, and if unknown."""
        did = "rolled back" if self.rollback_of else "promoted" if self.promoted_from else ""
        return f"{did} by {self.actor}" if did and self.actor else ""

    @property
    def pinned(self) -> bool:
        """Whether its images have digests, like all images from a registry; those of a new overlay do not."""
        return all(image.digest for image in self.images)


def message(deployment: Deployment) -> str:
    """The commit message of a deployment; `deployments` parses it."""
    verb = "roll back to" if deployment.rollback_of else "deploy"
    trailers = [
        ("Environment", deployment.env),
        *(("Image", str(image)) for image in deployment.images),
        ("Source-Commit", deployment.source),
        *(("Source-Author", str(each)) for each in deployment.people),
        ("Deployed-By", deployment.actor),
        ("Promoted-From", deployment.promoted_from),
        ("Rollback-Of", deployment.rollback_of),
        ("Restores", deployment.restores),
        ("Reason", deployment.reason),
        ("Manifests", deployment.manifests),
        ("Stable-Release", deployment.stable),
        ("Run-Url", deployment.run_url),
    ]
    lines = [f"{key}: {' '.join(value.split())}" for key, value in trailers if value.strip()]
    return f"chore({deployment.env}): {verb} {deployment.tag}\n\n" + "\n".join(lines) + "\n"


def trailers(text: str) -> dict[str, list[str]]:
    """The trailers in the last paragraph of a message."""
    found: dict[str, list[str]] = {}
    for line in text.strip().rpartition("\n\n")[2].splitlines():
        if trailer := TRAILER.fullmatch(line):
            found.setdefault(trailer[1], []).append(trailer[2])
    return found


def deployments(log: str) -> list[Deployment]:
    """Every deployment in the output of git's LOG, newest first.

    A commit with the trailers that also changes files outside the overlay does not count.
    """
    return [found for record in RECORD.split(log)[1:] if (found := _read(record)) is not None]


def of(env: str, found: Iterable[Deployment]) -> list[Deployment]:
    """The deployments of one environment."""
    return [each for each in found if each.env == env]


def _read(record: str) -> Deployment | None:
    commit, at, body, files = record.split("\0", 3)
    said = trailers(body)
    env, k8s = _one(said, "Environment"), _id(said, "Manifests")
    changed = files.split("\n")
    if not all(each.startswith(f"k8s/overlays/{env}/") for each in filter(None, changed)):
        return None
    if not any(changed) and not k8s:  # no change to the overlay or the manifests
        return None
    run_url = _one(said, "Run-Url")
    return Deployment(
        commit=commit,
        at=datetime.fromtimestamp(int(at), UTC),
        env=env,
        images=tuple(Image.read(each) for each in said.get("Image", [])),
        source=_one(said, "Source-Commit"),
        people=tuple(filter(None, map(person, said.get("Source-Author", [])))),
        actor=_one(said, "Deployed-By"),
        run_url=run_url if RUN_URL.fullmatch(run_url) else "",
        promoted_from=_one(said, "Promoted-From"),
        rollback_of=_one(said, "Rollback-Of"),
        restores=_id(said, "Restores"),
        reason=_one(said, "Reason"),
        manifests=k8s,
        stable=_one(said, "Stable-Release"),
    )


def _one(said: Mapping[str, list[str]], key: str) -> str:
    return said.get(key, [""])[0]


def _id(said: Mapping[str, list[str]], key: str) -> str:
    found = _one(said, key)
    return found if OBJECT.fullmatch(found) else ""
