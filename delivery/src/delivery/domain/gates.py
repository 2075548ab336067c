"""The gates that a release must pass: each refusal is one sentence that says what to do."""

from collections.abc import Mapping, Sequence

from delivery.domain.errors import GateError, NothingToDoError
from delivery.domain.image import Image
from delivery.domain.rollout import State

CONFIRMATION = "promote"


def may_leave(env: str, tag: str, state: State | None, unready: Sequence[str]) -> None:
    """Return if the environment runs this tag and is Healthy; `unready` lists other unready workloads."""
    retry = f"then promote {env} again"
    if state is None:
        raise GateError(f"{env} runs nothing; deploy to it first, {retry}")
    if state.failed:
        why = f"{state.phase}: {state.message}".rstrip(": ")
        raise GateError(f"{env} is {why}; roll it back or deploy a good release, {retry}")
    if state.held:
        raise GateError(f"{env} is Paused: {state.held}; roll it back or deploy a good release, {retry}")
    wait = f"wait: delivery wait {env} --for healthy, {retry}"
    if not state.healthy:
        raise GateError(f"{env} is {state.phase or 'not observed yet'} with {state.tag}, not Healthy; {wait}")
    if state.tag != tag:
        raise GateError(f"{env} runs {state.tag}, git says {tag}; apply it: delivery deploy {env}, {retry}")
    if unready:
        raise GateError(f"{env} is degraded, not ready: {', '.join(unready)}; {wait}")


def is_next(path: Sequence[str], source: str, target: str) -> None:
    """Return if target follows source; otherwise refuse with the order of the environments."""
    at = path.index(source)
    following = path[at + 1] if at + 1 < len(path) else ""
    if target == following:
        return
    way = f"promote {source} to {following} first" if following else f"{source} is the last one"
    raise GateError(
        f"{source} does not promote to {target}: the way is {' -> '.join(path)}; {way}, "
        f"or deploy the image to {target} directly with its image_tag"
    )


def same_images(
    env: str, wanted: Mapping[str, Image], running: Mapping[str, Image], registry: Mapping[str, Image]
) -> None:
    """Return if the running images and those in the registry have the digests that main names."""
    retry = f"then promote {env} again"
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
        if service in running and running[service].digest != image.digest:
            raise GateError(
                f"{env}'s {service} runs {short(running[service])}, git says {short(image)}; "
                f"apply it: delivery deploy {env}, {retry}"
            )


def votes_work(env: str, *, errors_on: bool) -> None:
    """Return if the error switch of the release is OFF."""
    if errors_on:
        raise GateError(
            f"the error switch of {env}'s release is ON; turn it OFF on its page, then promote {env} again"
        )


def may_deploy(
    env: str,
    tag: str,
    wanted: Mapping[str, Image],
    named: Mapping[str, Image],
    state: State | None,
    *,
    unready: Sequence[str] = (),
) -> None:
    """Return unless main already names these images and their rollout has ended.

    Raises NothingToDoError if it is Healthy, and GateError if it was aborted, so that a repeated run fails
    again. A running rollout may be deployed again: nothing is committed, and the run waits for its end.
    """
    if wanted != named or state is None or not state.current or state.image != wanted["vote"]:
        return
    if state.aborted:
        raise GateError(
            f"already deployed, no new rollout: {env} has {tag}, which was aborted; "
            f"roll back (delivery rollback {env} --reason ...) and deploy a new tag"
        )
    if state.healthy and not unready:
        raise NothingToDoError(f"already deployed, no new rollout: {env} has {tag}, it is {state.phase}")


def may_wait(env: str, wanted: Image, state: State | None) -> None:
    """Refuse an image whose pods still run from its last activation.

    Argo Rollouts would make it active at once, without a preview and its analysis.
    """
    if state is None or state.strategy != "blue-green":
        return
    old = (each for each in state.pods if each.release not in (state.release, state.stable))
    if any(each.image == wanted and each.wanted for each in old):
        raise GateError(
            f"{env} still has the pods of {wanted.tag} from when it was active: "
            "it would be active again at once, without a preview; deploy it when they are gone, in a minute"
        )


def may_become_active(env: str, confirm: str, wanted: Image, state: State | None) -> None:
    """Return if a person confirmed, and the release on main is paused for promotion."""
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
    if (state.tag, state.image.digest) != (wanted.tag, wanted.digest):
        runs, says = (
            (state.tag, wanted.tag) if state.tag != wanted.tag else (short(state.image), short(wanted))
        )
        raise GateError(
            f"{env} runs {runs}, git says {says}; apply it first: delivery deploy {env}, then promote"
        )
    if state.held:
        raise GateError(
            f"nothing was promoted: {env}'s {state.tag} is Paused for another reason: {state.held}; "
            f"look at its analysis, then deploy a new tag or roll back: delivery rollback {env} --reason ..."
        )
    if not state.paused or state.strategy != "blue-green":
        raise NothingToDoError(
            f"nothing is paused in {env}: {state.tag} is {state.phase}; "
            f"wait first: delivery wait {env} --for paused"
        )


def short(image: Image) -> str:
    """A shortened digest."""
    return image.digest[:19] or "not pinned"
