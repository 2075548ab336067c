"""Finds the target of a rollback."""

from collections.abc import Sequence

from delivery.domain.errors import GateError
from delivery.domain.history import Deployment


def target(deployed: Sequence[Deployment], current: str, stable: str) -> Deployment:
    """The deployment to roll back to from the current tag; `deployed` is of one environment, newest first.

    It is the cluster's `stable` release if that is another one; otherwise the release that users had before
    the current one. One tag with two configurations is two releases.
    """
    before = not_rolled_back(deployed)
    if before and before[-1].tag == current:
        before.pop()
    passed_over = deployed if stable != current else []  # the stable release may be one that was rolled back
    for each in (*reversed(before), *passed_over):
        if each.pinned and each.tag == stable:
            return each
    if before:
        return before[-1]
    raise GateError(
        f"{current} is the first deployment in git's history, so there is none to roll back to: deploy a tag"
    )


def not_rolled_back(deployed: Sequence[Deployment]) -> list[Deployment]:
    """The deployments that were not rolled back, oldest first; a rollback replaces the one it restores."""
    found: list[Deployment] = []
    then: dict[str, list[Deployment]] = {}  # the valid deployments before each deployment
    for each in reversed(deployed):
        if each.rollback_of:
            found = then.get(each.restores, found[: restored(found, each)])
        elif found and (found[-1].images, found[-1].manifests) == (each.images, each.manifests):
            found = found[:-1]
        then[each.commit] = found
        if each.pinned:
            found = [*found, each]
    return found


def restored(found: Sequence[Deployment], back: Deployment) -> int:
    """The index of a rollback's target by its tag, or else that of the deployment that was rolled back."""
    taken_back = bool(found) and found[-1].tag == back.rollback_of
    earlier = (i for i in range(len(found) - 2, -1, -1) if found[i].tag == back.tag)
    return next(earlier, len(found) - taken_back)
