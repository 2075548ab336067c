"""What all commands share: their arguments, the checkout, and what they hand to later steps of a workflow."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from delivery.history import Deployment
    from delivery.project import Project
    from delivery.rollout import State

Env = Annotated[str, typer.Argument(help="dev, qa, uat or staging")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="print the exact commands and commits, do none of them")
]
Tag = Annotated[str | None, typer.Option(help="an image tag, as 0a1b2c3-20260102030405")]
Seconds = Annotated[int, typer.Option(min=1, help="seconds until it gives up")]


def say(text: str) -> None:
    """One line of what happens, at once: a workflow's log shows it live."""
    print(text, flush=True)


def project(*, dry_run: bool = False) -> "Project":
    """The checkout around the current folder."""
    from delivery.project import Project

    return Project.here(dry_run=dry_run)


def finish(here: "Project", env: str, made: "Deployment") -> None:
    """Hand a deployment to later steps."""
    from delivery import releasing

    changed = str(bool(made.commit)).lower()
    urls = {"url": here.settings.url(env), "preview_url": preview_url(here, env)}
    here.output(image_tag=made.tag, changed=changed, commit=made.commit, **urls)
    here.output(release=releasing.released(here, env, made.tag, say))


def hand_over(here: "Project", env: str, state: "State") -> None:
    """Hand a release to later steps."""
    say(f"{env}: {state.tag} is {state.phase}")
    urls = {"url": here.settings.url(env), "preview_url": preview_url(here, env)}
    here.output(phase=state.phase, image_tag=state.tag, release=state.release, **urls)


def preview_url(here: "Project", env: str) -> str:
    """The preview's address, where the environment has one."""
    from delivery import overlay
    from delivery.applying import on_main

    blue_green = overlay.strategy(on_main(here, env).text) == "blue-green"
    return here.settings.url(env, "vote-preview") if blue_green else ""
