"""What to go back to."""

from collections.abc import Sequence

from delivery.domain.errors import GateError
from delivery.domain.history import Deployment


def target(deployed: Sequence[Deployment], current: str, stable: str) -> Deployment:
    """The deployment to go back to from the current tag, of an environment's deployments, newest first.

    It is what the cluster still holds as `stable`, if that is another release; else the one that users had
    before the current one. One tag with two configurations is two releases.
    """
    before = not_rolled_back(deployed)
    if before and before[-1].tag == current:
        before.pop()
    passed_over = deployed if stable != current else []  # the cluster may hold what was taken back
    for each in (*reversed(before), *passed_over):
        if each.pinned and each.tag == stable:
            return each
    if before:
        return before[-1]
    raise GateError(
        f"{current} is the first deployment that git knows here, there is none to go back to: deploy a tag"
    )


def not_rolled_back(deployed: Sequence[Deployment]) -> list[Deployment]:
    """The deployments that nobody took back, oldest first; a rollback stands where what it restores stood."""
    found: list[Deployment] = []
    then: dict[str, list[Deployment]] = {}  # what stood before each deployment
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
    """Where the target of a rollback stands by its tag; if it does not, where what was taken back stands."""
    taken_back = bool(found) and found[-1].tag == back.rollback_of
    earlier = (i for i in range(len(found) - 2, -1, -1) if found[i].tag == back.tag)
    return next(earlier, len(found) - taken_back)
