"""`make cluster`: everything that an environment on a laptop needs; a healthy one is left as it is."""

import shutil

from rich.console import Console

from delivery.adapters.process import missing, run
from delivery.domain.errors import ConfigurationError, DeliveryError
from delivery.domain.services import ROOT
from delivery.domain.settings import Settings
from demo import images
from demo.cluster import ROLLOUTS_VERSION, Cluster
from demo.environment import Environment
from demo.screen import step

PLUGIN = "kubectl-argo-rollouts"


def require_tools() -> None:
    """Return if everything that the commands call is here; else say what to install."""
    for program in ("docker", "kind", "kubectl", PLUGIN):
        if shutil.which(program) is None:
            raise ConfigurationError(missing(program))
    try:
        run("docker", "info", "--format", "{{.ServerVersion}}", seconds=20)
    except DeliveryError as error:
        raise ConfigurationError("Docker does not answer; start it, until `docker info` works") from error


def up(wanted: Cluster, env_name: str, console: Console, *, fast: bool) -> Environment:
    """Make or complete the cluster with this environment in it, and return that once its pages answer."""
    Settings.from_file(ROOT).environment(env_name)
    require_tools()
    if wanted.exists:
        cluster = Cluster.existing(wanted.name)
        env = Environment(cluster, env_name)
        if complete(env):
            console.print(f"the cluster {cluster.name} is there, {env_name} is Healthy")
            return env
    else:
        cluster = wanted
        with step(console, f"cluster {cluster.name}"):
            cluster.create()
        env = Environment(cluster, env_name)
    fill(env, console, fast=fast)
    return env


def complete(env: Environment) -> bool:
    """Whether the platform and the environment are there and healthy."""
    try:
        return not env.cluster.unready(env.namespace) and env.look().healthy
    except DeliveryError:  # a cluster that was left half made lacks even the kinds that are asked for
        return False


def fill(env: Environment, console: Console, *, fast: bool) -> None:
    """Bring images, platform and environment into a cluster, whatever of it is there already."""
    cluster = env.cluster
    with step(console, "images of others, as far as Docker has them"):
        pulled = cluster.load_third_party()
    if pulled:
        console.print(f"          the cluster pulls {', '.join(pulled)}", highlight=False)
    with step(console, f"Argo Rollouts {ROLLOUTS_VERSION}"):
        cluster.install_rollouts()
    tag = env.tag if env.deployed else images.new_tag()  # what runs already stays
    lacking = cluster.lacking(tag)
    if lacking:
        with step(console, f"images of {', '.join(lacking)}, built as {tag}"):
            cluster.build(tag, *lacking)
    with step(console, "Prometheus, apm and Traefik"):
        cluster.platform(tag)
        cluster.wait_ready()
    with step(console, f"{env.name} with {tag}"):
        env.deploy(tag, fast=fast)
        env.wait_ready()
    with step(console, "its pages answer"):
        env.wait_for_pages()


def demo_ground(name: str, env_name: str, console: Console, *, fast: bool) -> Environment:
    """An environment to tell a story in, in whatever state; made first where there is none."""
    require_tools()
    if Cluster(name).exists:
        env = Environment(Cluster.existing(name), env_name)
        if not env.cluster.unready() and env.deployed:
            return env
    return up(Cluster(name), env_name, console, fast=fast)


def addresses(env: Environment) -> dict[str, str]:
    """What to open in a browser."""
    return dict(sorted(env.urls().items(), reverse=True))
