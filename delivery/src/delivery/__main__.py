"""The commands; each imports what it needs only when it runs, so that `delivery --help` is quick."""

import signal
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from delivery.errors import ConfigurationError, DeliveryError, GateError, NothingToDoError

if TYPE_CHECKING:
    from delivery.history import Deployment
    from delivery.project import Project
    from delivery.rollout import State

app = typer.Typer(
    name="delivery",
    help="Build once, deploy by a commit, promote the same image, look, roll back.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Env = Annotated[str, typer.Argument(help="dev, qa, uat or staging")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="print the exact commands and commits, do none of them")
]
Tag = Annotated[str, typer.Option(help="an image tag, as 0a1b2c3-20260102030405")]
Seconds = Annotated[int, typer.Option(min=1, help="seconds until it gives up")]


def say(text: str) -> None:
    """One line of what happens, at once: a workflow's log shows it live."""
    print(text, flush=True)


def project(*, dry_run: bool = False) -> "Project":
    """The checkout around the current folder."""
    from delivery.project import Project

    return Project.here(dry_run=dry_run)


@app.command()
def tag(commit: Annotated[str, typer.Option(help="what the image is built from")] = "HEAD") -> None:
    """Print a new image tag for a commit."""
    from datetime import UTC, datetime

    from delivery import tags

    here = project()
    if not (found := here.git.resolve(commit)):
        raise ConfigurationError(f"there is no commit {commit!r} in this repository")
    made = tags.new(found, datetime.now(UTC))
    print(made)
    here.output(image_tag=made)


@app.command()
def build(
    image_tag: Tag = "",
    push: Annotated[bool, typer.Option("--push/--no-push", help="push what was built")] = True,
    dry_run: DryRun = False,
) -> None:
    """Build every service's image once, and push them."""
    from datetime import UTC, datetime

    from delivery import docker, tags

    here = project(dry_run=dry_run)
    made = tags.checked(image_tag) if image_tag else tags.new(here.git.resolve("HEAD"), datetime.now(UTC))
    docker.build(here.settings, here.root, made, here.hands, push=push)
    say(f"{'built and pushed' if push else 'built'}: {made}" if not dry_run else f"+ {made} is built")
    here.output(image_tag=made)


@app.command()
def deploy(env: Env, image_tag: Tag = "", dry_run: DryRun = False) -> None:
    """Commit an image to an environment's overlay on main, and apply it; no tag: apply what main says."""
    from delivery import deploying, overlay
    from delivery.environments import checked

    here = project(dry_run=dry_run)
    checked(env)
    if image_tag:
        finish(here, env, deploying.deploy(here, env, image_tag, say))
        return
    here.cluster(env).require()
    applied = deploying.apply(here, env)
    say(f"{env} is what main says: {overlay.tag(applied.text)}")
    finish(here, env, None, overlay.tag(applied.text))


@app.command()
def wait(
    env: Env,
    goal: Annotated[Literal["healthy", "paused"], typer.Option("--for", help="how the release should be")],
    image_tag: Tag = "",
    timeout: Seconds = 1800,
) -> None:
    """Wait until the release is Healthy, or Paused; a line for each change."""
    from delivery import releasing
    from delivery.environments import checked

    here = project()
    hand_over(here, env, releasing.wait(here, checked(env), goal, tag=image_tag, seconds=timeout, say=say))


@app.command()
def promote(
    source: Annotated[str, typer.Argument(metavar="FROM", help="the environment that runs the image")],
    target: Annotated[str, typer.Argument(metavar="TO", help="the next one")],
    dry_run: DryRun = False,
) -> None:
    """Deploy to the next environment the image that one runs Healthy, by digest."""
    from delivery import releasing

    here = project(dry_run=dry_run)
    finish(here, target, releasing.promote(here, source, target, say))


@app.command()
def promote_rollout(
    env: Env,
    confirm: Annotated[str, typer.Option(help='"promote"')],
    timeout: Seconds = 600,
    dry_run: DryRun = False,
) -> None:
    """Make the preview that waits active."""
    from delivery import releasing

    here = project(dry_run=dry_run)
    hand_over(here, env, releasing.promote_rollout(here, env, confirm, timeout, say))


@app.command()
def rollback(
    env: Env,
    reason: Annotated[str, typer.Option(help="why, for the commit and the report")],
    timeout: Seconds = 600,
    dry_run: DryRun = False,
) -> None:
    """Go back to the release before: abort what rolls out, revert its commit, wait for Healthy."""
    from delivery import releasing

    if not reason.strip():
        raise ConfigurationError("say why: --reason TEXT")
    here = project(dry_run=dry_run)
    made, state = releasing.roll_back(here, env, reason, timeout, say)
    here.output(changed=str(bool(made.commit)).lower(), commit=made.commit)
    if state:
        hand_over(here, env, state)


@app.command()
def status(
    env: Annotated[str, typer.Argument(help="one environment; none: all")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Show how each environment stands."""
    from delivery import standing
    from delivery.environments import ORDER, checked

    here = project()
    found = standing.of(here, [checked(env)] if env else ORDER)
    print(standing.as_json(found)) if as_json else standing.show(found)


@app.command()
def landscape(
    push: Annotated[
        bool, typer.Option("--push", help="commit it to main; else README.md here changes")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="do not ask the cluster for phases")] = False,
    dry_run: DryRun = False,
) -> None:
    """Renew the dashboard in README.md."""
    from delivery import dashboard

    here = project(dry_run=dry_run)
    changed = dashboard.renew(here, say, push=push, offline=offline)
    say("the dashboard is renewed" if changed else "the dashboard says all that already")
    here.output(changed=str(changed).lower())


@app.command()
def report(
    env: Env,
    push: Annotated[bool, typer.Option("--push", help="commit it to main")] = False,
    dry_run: DryRun = False,
) -> None:
    """Write the report of an environment's last deployment, and its record as JSON."""
    from delivery import reporting
    from delivery.report.record import beside

    here = project(dry_run=dry_run)
    path, changed = reporting.report(here, env, say, push=push)
    say(path)
    here.output(report=path, record=beside(path), changed=str(changed).lower())


@app.command()
def verify(
    envs: Annotated[list[str] | None, typer.Argument(metavar="[ENV]...", help="none: all")] = None,
) -> None:
    """Render the overlays of this checkout and hold them to our policies."""
    from delivery import verifying
    from delivery.environments import ORDER, checked

    here = project()
    named = [checked(each) for each in envs] if envs else list(ORDER)
    broken = [each for env in named for each in verifying.broken(here, env)]
    for each in broken:
        say(each)
    if broken:
        raise GateError(f"{len(broken)} policies are broken; the lines above say where")
    say(f"{', '.join(named)}: every policy is kept")


@app.command()
def settings() -> None:
    """Hand delivery.toml to later steps of a workflow."""
    from dataclasses import asdict

    here = project()
    values = asdict(here.settings) | {"registry_host": here.settings.registry_host}
    for key, value in values.items():
        say(f"{key} = {value}")
    here.output(**values)


@app.command()
def init(
    *,
    name: Annotated[str, typer.Option(help="prefix of namespaces, addresses and workflows")] = "",
    registry: Annotated[str, typer.Option(help="images are REGISTRY/vote, ...")] = "",
    base_domain: Annotated[str, typer.Option(help="pages are https://vote-NAME-ENV.BASE_DOMAIN")] = "",
    repository: Annotated[str, typer.Option(help="OWNER/NAME on GitHub")] = "",
    cluster: Annotated[str, typer.Option(help="its name in EKS or kind")] = "",
    region: Annotated[str, typer.Option(help="AWS only")] = "",
    connect: Annotated[str, typer.Option(help="aws, kubeconfig or kind")] = "",
    dry_run: DryRun = False,
) -> None:
    """Make a fork your own: write delivery.toml, and bring every other file in line."""
    from delivery import forking

    given = {key: value for key, value in locals().items() if key not in ("forking", "dry_run") and value}
    here = project(dry_run=dry_run)
    changed = forking.init(here, given)
    say(f"{len(changed)} files {'would change' if dry_run else 'changed'}; look: git diff, then commit them")


def finish(here: "Project", env: str, made: "Deployment | None", applied: str = "") -> None:
    """Hand a deployment to later steps."""
    from delivery import releasing

    tag = made.tag if made else applied
    commit = made.commit if made else ""
    release, preview = releasing.released(here, env, tag, say), preview_url(here, env)
    urls = {"url": here.settings.url(env), "preview_url": preview}
    here.output(image_tag=tag, changed=str(bool(commit)).lower(), commit=commit, release=release, **urls)


def hand_over(here: "Project", env: str, state: "State") -> None:
    """Hand a release to later steps."""
    say(f"{env}: {state.tag} is {state.phase}")
    urls = {"url": here.settings.url(env), "preview_url": preview_url(here, env)}
    here.output(phase=state.phase, image_tag=state.tag, release=state.release, **urls)


def preview_url(here: "Project", env: str) -> str:
    """The preview's address, where the environment has one."""
    from delivery import overlay
    from delivery.deploying import on_main

    blue_green = overlay.strategy(on_main(here, env).text) == "blue-green"
    return here.settings.url(env, "vote-preview") if blue_green else ""


def summarized(error: DeliveryError) -> None:
    """Say in the run's summary, too, why a command ended early."""
    from delivery import summary

    title = "Nothing to do" if isinstance(error, NothingToDoError) else "Stopped"
    try:
        project().summarize(error.summary or summary.refused(title, str(error)))
    except DeliveryError:
        return  # the line on stderr says it


def main() -> int:
    """Run one command; its exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except DeliveryError as error:
        line = " ".join(str(error).split())
        print(f"delivery: {line}", file=sys.stderr)
        summarized(error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
