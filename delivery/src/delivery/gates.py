"""Whether a release may go on: each refusal is one sentence that says what to do."""

from collections.abc import Mapping

from delivery.errors import GateError, NothingToDoError
from delivery.overlay import Image
from delivery.rollout import State

CONFIRMATION = "promote"


def may_leave(
    env: str,
    wanted: Mapping[str, Image],
    state: State | None,
    registry: Mapping[str, Image],
    *,
    errors_on: bool,
) -> None:
    """Return if the environment runs, Healthy, exactly the images that main names for it.

    `wanted` are the overlay's images, `registry` the same as the registry has them now.
    """
    retry = f"then promote {env} again"
    if state is None:
        raise GateError(f"{env} runs nothing; deploy to it first, {retry}")
    vote = wanted["vote"]
    if state.failed:
        why = f"{state.phase}: {state.message}".rstrip(": ")
        raise GateError(f"{env} is {why}; roll it back or deploy a good release, {retry}")
    if not state.healthy:
        raise GateError(
            f"{env} is {state.phase or 'not observed yet'} with {state.tag}, not Healthy; "
            f"wait: delivery wait {env} --for healthy, {retry}"
        )
    if state.tag != vote.tag:
        raise GateError(
            f"{env} runs {state.tag}, main says {vote.tag}; apply it: delivery deploy {env}, {retry}"
        )
    for service, image in wanted.items():
        if not image.digest:
            raise GateError(
                f"{env}'s {service} is not pinned by a digest; "
                f"delivery deploy {env} --image-tag {image.tag} pins it, {retry}"
            )
        if registry[service].digest != image.digest:
            raise GateError(
                f"the registry's {image.name}:{image.tag} is {short(registry[service])}, {env} was deployed "
                f"with {short(image)}: somebody pushed the tag again; build a new tag and deploy that"
            )
    if state.image.digest != vote.digest:
        raise GateError(
            f"{env} runs {short(state.image)}, main says {short(vote)}; "
            f"apply it: delivery deploy {env}, {retry}"
        )
    if errors_on:
        raise GateError(f"the error switch of {env}'s release is ON; turn it OFF on its page, {retry}")


def may_deploy(
    env: str, tag: str, wanted: Mapping[str, Image], named: Mapping[str, Image], state: State | None
) -> None:
    """Raise NothingToDoError if main and the cluster both have these images already."""
    if wanted != named or state is None or not state.current or state.image != wanted["vote"]:
        return
    if state.aborted:
        raise NothingToDoError(
            f"{tag} is already deployed to {env} and was aborted, no new rollout; "
            f"roll back (delivery rollback {env} --reason ...) and deploy a new tag"
        )
    raise NothingToDoError(f"{tag} is already deployed to {env}, no new rollout; it is {state.phase}")


def may_become_active(env: str, confirm: str, tag: str, state: State | None) -> None:
    """Return if a person confirmed, and the release that main names waits for just that."""
    if confirm != CONFIRMATION:
        raise GateError(f"nothing was promoted: type {CONFIRMATION!r} to confirm, not {confirm!r}")
    if state is None or state.healthy:
        what = "nothing is deployed" if state is None else f"{state.tag} is Healthy and active already"
        raise NothingToDoError(f"nothing is paused in {env}: {what}; deploy a new tag first")
    if state.failed:
        raise GateError(
            f"{env}'s {state.tag} was aborted, it cannot be promoted: {state.message}; "
            f"roll back: delivery rollback {env} --reason ..."
        )
    if state.tag != tag:
        raise GateError(
            f"{env} runs {state.tag}, main says {tag}; apply it first: delivery deploy {env}, then promote"
        )
    if not state.paused or state.strategy != "blue-green":
        raise NothingToDoError(
            f"nothing is paused in {env}: {state.tag} is {state.phase}; "
            f"wait first: delivery wait {env} --for paused"
        )


def short(image: Image) -> str:
    """Enough of a digest to tell it from another."""
    return image.digest[:19] or "not pinned"
