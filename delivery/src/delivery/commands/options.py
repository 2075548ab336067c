"""Arguments that commands share, and their outputs for later steps of a workflow."""

from typing import Annotated

import typer

from delivery.domain.history import Deployment
from delivery.domain.rollout import State
from delivery.steps import watch
from delivery.steps.project import Project

Env = Annotated[str, typer.Argument(help="an environment of delivery.toml")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="print the exact commands and commits without running them")
]
Tag = Annotated[str | None, typer.Option(help="an image tag, such as 0a1b2c3-20260102030405")]
Seconds = Annotated[int, typer.Option(min=1, help="timeout in seconds")]


def say(text: str) -> None:
    """Print a line without buffering, so that the log of a workflow shows it live."""
    print(text, flush=True)


def hand_over_deployment(project: Project, made: Deployment) -> None:
    """Set the outputs of a deployment, and of its release once the controller has seen it."""
    changed = str(bool(made.commit)).lower()
    url = project.settings.url(made.env)
    project.output(image_tag=made.tag, changed=changed, commit=made.commit, url=url)
    if not project.runner.dry_run:
        seen = watch.watch(project, made.env, made.tag, made.at, say)
        state = seen.until("seen", watch.SEEN_S)
        project.output(release=state.release, preview_url=preview_url(project, made.env, state))


def hand_over_release(project: Project, env: str, state: State) -> None:
    """Set the outputs of a release."""
    say(f"{env}: {state.tag} is {state.phase}")
    urls = {"url": project.settings.url(env), "preview_url": preview_url(project, env, state)}
    project.output(phase=state.phase, image_tag=state.tag, release=state.release, **urls)


def preview_url(project: Project, env: str, state: State) -> str:
    """The URL of the preview, if the environment has one."""
    return project.settings.url(env, "vote-preview") if state.strategy == "blue-green" else ""
