"""`make cluster`: creates everything that an environment on a laptop needs; a healthy one stays as it is."""

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
    """Return if every program that the commands need is installed and Docker runs; or say what to do."""
    require_programs()
    try:
        run("docker", "info", "--format", "{{.ServerVersion}}", seconds=20)
    except DeliveryError as error:
        raise ConfigurationError("Docker does not answer; start it and check with `docker info`") from error


def require_programs() -> None:
    """Return if every program that the commands need is installed; otherwise say what to install."""
    for program in ("docker", "kind", "kubectl", PLUGIN):
        if shutil.which(program) is None:
            raise ConfigurationError(missing(program))


def up(wanted: Cluster, env_name: str, console: Console, *, fast: bool) -> Environment:
    """Create or complete the cluster and this environment; returns the environment once its pages answer."""
    Settings.from_file(ROOT).environment(env_name)
    require_tools()
    if wanted.exists:
        cluster = Cluster.existing(wanted.name)
        env = Environment(cluster, env_name)
        if complete(env):
            console.print(f"the cluster {cluster.name} exists, and {env_name} is Healthy")
            return env
    else:
        cluster = wanted
        with step(console, f"cluster {cluster.name}"):
            cluster.create()
        env = Environment(cluster, env_name)
    fill(env, console, fast=fast)
    return env


def complete(env: Environment) -> bool:
    """Whether the platform and the environment exist and are healthy."""
    try:
        return not env.cluster.unready(env.namespace) and env.look().healthy
    except DeliveryError:  # an incomplete cluster may not even have the kinds
        return False


def fill(env: Environment, console: Console, *, fast: bool) -> None:
    """Load the images and deploy platform and environment, whatever the cluster has already."""
    cluster = env.cluster
    with step(console, "load third-party images that Docker has"):
        pulled = cluster.load_third_party()
    if pulled:
        console.print(f"          the cluster pulls {', '.join(pulled)}", highlight=False)
    with step(console, f"Argo Rollouts {ROLLOUTS_VERSION}"):
        cluster.install_rollouts()
    tag = env.tag if env.deployed else images.new_tag()  # a running release stays
    build_lacking(cluster, tag, console)
    with step(console, "Prometheus, apm and Traefik"):
        cluster.platform(tag)
        cluster.wait_ready()
    with step(console, f"{env.name} with {tag}"):
        env.deploy(tag, fast=fast)
        env.wait_ready()
    with step(console, f"pages of {env.name}"):
        env.wait_for_pages()


def build_lacking(cluster: Cluster, tag: str, console: Console) -> None:
    """Build those of our images that the nodes lack with this tag."""
    if lacking := cluster.lacking(tag):
        with step(console, f"build images of {', '.join(lacking)} as {tag}"):
            cluster.build(tag, *lacking)


def demo_environment(name: str, env_name: str, console: Console, *, fast: bool) -> Environment:
    """The environment for a demo, in any state; created first if it is missing."""
    require_tools()
    if Cluster(name).exists:
        env = Environment(Cluster.existing(name), env_name)
        if not env.cluster.unready() and env.deployed:
            return env
    return up(Cluster(name), env_name, console, fast=fast)


def addresses(env: Environment) -> dict[str, str]:
    """The URLs to open in a browser."""
    return dict(sorted(env.urls().items(), reverse=True))
