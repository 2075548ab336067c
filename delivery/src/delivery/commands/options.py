"""What commands share: their arguments, and what they hand to later steps of a workflow."""

from typing import Annotated

import typer

from delivery.domain.history import Deployment
from delivery.domain.rollout import State
from delivery.steps import watch
from delivery.steps.project import Project

Env = Annotated[str, typer.Argument(help="an environment of delivery.toml")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="print the exact commands and commits, do none of them")
]
Tag = Annotated[str | None, typer.Option(help="an image tag, as 0a1b2c3-20260102030405")]
Seconds = Annotated[int, typer.Option(min=1, help="seconds until it gives up")]


def say(text: str) -> None:
    """One line of what happens, at once: a workflow's log shows it live."""
    print(text, flush=True)


def hand_over_deployment(project: Project, made: Deployment) -> None:
    """Hand a deployment to later steps, and its release once the controller has seen it."""
    changed = str(bool(made.commit)).lower()
    url = project.settings.url(made.env)
    project.output(image_tag=made.tag, changed=changed, commit=made.commit, url=url)
    if not project.runner.dry_run:
        seen = watch.watch(project, made.env, made.tag, made.at, say)
        state = seen.until("seen", watch.SEEN_S)
        project.output(release=state.release, preview_url=preview_url(project, made.env, state))


def hand_over_release(project: Project, env: str, state: State) -> None:
    """Hand a release to later steps."""
    say(f"{env}: {state.tag} is {state.phase}")
    urls = {"url": project.settings.url(env), "preview_url": preview_url(project, env, state)}
    project.output(phase=state.phase, image_tag=state.tag, release=state.release, **urls)


def preview_url(project: Project, env: str, state: State) -> str:
    """The preview's address, where the environment has one."""
    return project.settings.url(env, "vote-preview") if state.strategy == "blue-green" else ""
