"""The commands behind `make cluster`, `make deploy` and the demos; every error is one line."""

import signal
import sys
import time
from typing import Annotated

import typer
from rich.console import Console

from delivery.domain import tags
from delivery.domain.errors import ConfigurationError, DeliveryError, GateError, NothingToDoError
from demo import blue_green_story, canary_story, check, images, kustomization, rehearsal, reset, up, view
from demo.cluster import Cluster, app_name
from demo.environment import Environment
from demo.kustomization import PORT
from demo.screen import Screen, step

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
)
console = Console(highlight=False)

Name = Annotated[
    str,
    typer.Option(
        envvar="CLUSTER_NAME",
        default_factory=app_name,
        show_default="name in delivery.toml",
        help="name of the kind cluster",
    ),
]
Port = Annotated[str, typer.Option(envvar="CLUSTER_PORT", help="port of the cluster's pages on 127.0.0.1")]
StagePort = Annotated[str, typer.Option(envvar="STAGE_PORT", help="port of `make stage` on 127.0.0.1")]
Env = Annotated[str, typer.Argument(help="an environment of delivery.toml")]
Timings = Annotated[str, typer.Option(help="fast: pauses of seconds; seed: the overlay's pauses of minutes")]


@app.command()
def cluster(*, env: Env = "qa", timings: Timings = "fast", name: Name, port: Port = str(PORT)) -> None:
    """Create the cluster with one environment in it; a healthy one stays as it is."""
    made = up.up(Cluster(name, checked_port(port)), env, console, fast=is_fast(timings))
    Screen(console).table(f"{env} on the cluster {made.cluster.name}", up.addresses(made))
    console.print("The browser warns once about each certificate, because Traefik signed it itself.")


@app.command()
def cluster_down(*, name: Name) -> None:
    """Delete the cluster and everything in it."""
    with step(console, f"delete cluster {name}"):
        Cluster(name).delete()


@app.command()
def deploy(
    *,
    env: Env = "qa",
    tag: Annotated[
        str,
        typer.Option(
            envvar="IMAGE_TAG", help="an image tag that is on the nodes; without it, new images are built"
        ),
    ] = "",
    timings: Timings = "fast",
    name: Name,
) -> None:
    """Start a new release in an environment, with new images or with images that the cluster has."""
    up.require_tools()
    target = Environment(Cluster.existing(name), env)
    wanted = tags.checked(tag or images.new_tag())
    before = target.look().release if target.deployed else ""
    services = kustomization.ours(kustomization.rendered(f"overlays/{env}"))
    if not tag:
        if before:  # once it is promoted, the next release and the platform have this tag
            target.cluster.retag(target.tag, wanted)
        new = sorted({*services, *target.cluster.lacking(wanted)})
        with step(console, f"build images of {', '.join(new)} as {wanted}"):
            target.cluster.build(wanted, *new)
    elif set(services) & set(target.cluster.lacking(wanted)):
        raise ConfigurationError(
            f"the cluster has no images with the tag {wanted}; leave IMAGE_TAG out to build new ones"
        )
    release = target.deploy(wanted, fast=is_fast(timings))
    if release == before:
        raise NothingToDoError(f"already deployed, no new rollout: {env} has {wanted}")
    watch = f"kubectl argo rollouts get rollout vote --namespace={target.namespace} --watch"
    console.print(f"release {release} ({wanted}) rolls out in {env}; watch it:\n  {watch}")


@app.command()
def demo_rollback(*, env: Env = "qa", timings: Timings = "fast", name: Name) -> None:
    """Show a canary whose votes fail, and its automatic rollback."""
    target = up.demo_environment(name, env, console, fast=is_fast(timings))
    screen = Screen(console)
    started = time.monotonic()
    with view.beside(target, screen.say) as voted:
        figures = canary_story.run(target, screen, voted, fast=is_fast(timings))
        screen.table("What it cost", canary_story.rows(figures))
    figures.require_kept()
    rehearsal.remember(name, "make demo-rollback", time.monotonic() - started)


@app.command()
def recording(*, env: Env = "qa", timings: Timings = "fast", name: Name) -> None:
    """Run the rollback demo and update its pictures in README."""
    from demo.recording import record  # noqa: PLC0415 - only this command needs playwright

    record(up.demo_environment(name, env, console, fast=is_fast(timings)), fast=is_fast(timings))


@app.command()
def demo_blue_green(*, env: Env = "staging", timings: Timings = "fast", name: Name) -> None:
    """Show a preview that waits for promotion, and one that fails without affecting users."""
    target = up.demo_environment(name, env, console, fast=is_fast(timings))
    screen = Screen(console)
    with view.beside(target, screen.say) as voted:
        times, figures = blue_green_story.run(target, screen, voted, fast=is_fast(timings))
        screen.table("What it cost", blue_green_story.rows(times, figures))
    figures.require_kept()


@app.command()
def stage_check(*, env: Env = "qa", name: Name, stage_port: StagePort = str(view.PORT)) -> None:
    """Check in at most 20 seconds whether the demo would work now."""
    found = []
    for each in check.findings(name, env, view_port=checked_port(stage_port, "STAGE_PORT")):
        found.append(each)
        line = f"{'ok ' if each.ok else 'NO '} {each.what}: {each.found}"
        console.print(line + (f" -> {each.fix}" if each.fix else ""), markup=False, soft_wrap=True)
    if wrong := [each.what for each in found if not each.ok]:
        raise GateError(f"the demo would fail: {', '.join(wrong)}")


@app.command()
def stage_reset(*, env: Env = "qa", timings: Timings = "fast", name: Name, port: Port = str(PORT)) -> None:
    """Bring an environment back to the start of the demo, from any state."""
    made = reset.reset(Cluster(name, checked_port(port)), env, console, fast=is_fast(timings))
    Screen(console).table(f"{env} on the cluster {made.cluster.name}", up.addresses(made))


@app.command()
def dashboard(*, name: Name) -> None:
    """Serve the dashboard of Argo Rollouts until Ctrl-C."""
    up.require_tools()
    Cluster.existing(name).kubectl.exec("argo", "rollouts", "dashboard")


def is_fast(timings: str) -> bool:
    """Whether to shorten pauses and intervals."""
    if timings not in ("fast", "seed"):
        raise ConfigurationError(f"TIMINGS must be fast or seed, not {timings!r}")
    return timings == "fast"


def checked_port(value: str, variable: str = "CLUSTER_PORT") -> int:
    """The port as a number, or a ConfigurationError that names the variable."""
    if not value.isdecimal() or not 0 < int(value) < 65536:  # noqa: PLR2004 - the highest port
        raise ConfigurationError(f"{variable} must be a port number from 1 to 65535, not {value!r}")
    return int(value)


def main() -> int:
    """Run one command; its exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except DeliveryError as error:
        print(f"{sys.argv[1]}: {error}", file=sys.stderr)  # noqa: T201 - the one line that the user reads
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
