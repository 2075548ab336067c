"""What to go back to."""

from collections.abc import Sequence

from delivery.errors import NothingToDoError
from delivery.history import Deployment


def target(deployed: Sequence[Deployment], current: str, stable: str) -> Deployment:
    """The deployment to go back to from the current tag, of an environment's deployments, newest first.

    It is what the cluster still holds as stable, if that is another release; else the last deployment
    before the current one that nobody has rolled back from since it was last deployed.
    """
    deployed = [each for each in deployed if each.pinned]
    rejected = {current}
    for i, each in enumerate(deployed):
        if each.rollback_of and each.rollback_of not in {later.tag for later in deployed[:i]}:
            rejected.add(each.rollback_of)
    if stable and stable != current:
        for each in deployed:
            if each.tag == stable:
                return each
    start = next((i for i, each in enumerate(deployed) if each.tag == current), -1)
    for each in deployed[start + 1 :]:
        if each.tag not in rejected:
            return each
    raise NothingToDoError(
        f"{current} is the first deployment that git knows here; there is none to go back to"
    )
