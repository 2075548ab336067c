"""A plain Deployment as the State that a Rollout has, so that dev is deployed like the rest."""

from collections.abc import Iterable

from delivery.kubectl import Object
from demo import workloads
from demo.rollout import State, by_age, image_tag, owned, pods

HASH = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"


def read(deployment: Object, replica_sets: Iterable[Object]) -> State:
    """The State in a Deployment's JSON: Healthy once all its pods are of the newest release and ready."""
    own = [each for each in replica_sets if owned(each, deployment)]
    revision = deployment["metadata"].get("annotations", {}).get(REVISION)
    newest = [each for each in own if each["metadata"]["annotations"].get(REVISION) == revision]
    release = newest[0]["metadata"]["labels"][HASH] if newest else ""
    ready = workloads.ready(deployment)
    observed = deployment.get("status", {}).get("observedGeneration")
    return State(
        phase="Healthy" if ready else "Progressing",
        message="",
        current=bool(release) and observed == deployment["metadata"]["generation"],
        release=release,
        tag=image_tag(deployment["spec"]),
        stable=release if ready else "",
        active="",
        preview="",
        step=0,
        steps=0,
        doing="",
        weight=100,
        aborted=False,
        pods=tuple(sorted((pods(each, HASH) for each in own), key=by_age)),
    )
