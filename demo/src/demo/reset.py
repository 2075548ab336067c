"""`make stage-reset`: from whatever a demo left behind back to its start."""

from rich.console import Console

from delivery.adapters.polling import until
from delivery.adapters.process import ToolError, run
from delivery.domain.errors import DeliveryError
from delivery.domain.rollout import State
from delivery.domain.workloads import ready
from demo import check, machine, up, volumes
from demo.cluster import Cluster
from demo.environment import Environment
from demo.screen import step

DELETION_S = 60  # until a namespace is gone, with its pods and volumes
ANSWER_S = 40  # until the API server of a node that was started answers


def reset(wanted: Cluster, env_name: str, console: Console, *, fast: bool) -> Environment:
    """Bring the environment back to its stable release, errors OFF, with a platform that judges it.

    A cluster that does not come back is created again. Raises TimedOutError if a check still fails.
    """
    up.require_tools()
    with step(console, f"cluster {wanted.name}"):
        env = remaining(wanted.name, env_name)
    if env is None:
        env = up.up(wanted, env_name, console, fast=fast)
    else:
        restore(env, console, fast=fast)
    with step(console, "checks"):
        settled(env)
    return env


def remaining(name: str, env_name: str) -> Environment | None:
    """The environment on the cluster, which answers again; None if one of them is missing."""
    if not revived(name):
        return None
    finish_deletions(Cluster(name))
    env = Environment(Cluster.existing(name), env_name)
    # An API server that has just started refuses some requests.
    (deployed,) = until(lambda: [env.deployed], what="the cluster answers", seconds=ANSWER_S)
    return env if deployed else None


def restore(env: Environment, console: Console, *, fast: bool) -> None:
    """Bring back its stable release and the platform, whatever state they are in."""
    with step(console, "errors OFF for every release"):
        errors_off(env)
    up.build_lacking(env.cluster, env.tag, console)
    with step(console, "Prometheus, apm and Traefik"):
        env.cluster.platform(env.tag)
    with step(console, f"{env.name} with {env.tag}"):
        stop_others(env, env.heal(fast=fast))
        env.wait_for_pages()


def revived(name: str) -> bool:
    """Whether the cluster answers, after starting its nodes; one that does not answer is deleted."""
    cluster = Cluster(name)
    if not cluster.exists:
        return False
    cluster.bound_port(name)  # somebody else's cluster is never started or deleted
    try:
        for node in cluster.nodes:
            run("docker", "unpause" if machine.status(node) == "paused" else "start", node)
        until(
            lambda: cluster.kubectl("get", "--raw", "/readyz"), what="the cluster answers", seconds=ANSWER_S
        )
    except DeliveryError:
        cluster.delete()
        return False
    return True


def finish_deletions(cluster: Cluster) -> None:
    """Return once no namespace is being deleted: whatever is applied to such a namespace is deleted, too."""

    def deleting() -> list[str]:
        found = cluster.kubectl.objects("namespaces", "")
        return [each["metadata"]["name"] for each in found if "deletionTimestamp" in each["metadata"]]

    for each in deleting():  # its pods need not end in order, for up to 30 s
        cluster.kubectl("delete", "pods", "--all", "--grace-period=0", "--force", f"--namespace={each}")
    until(lambda: not deleting(), what="deleted namespaces are gone", seconds=DELETION_S)


def errors_off(env: Environment) -> None:
    """Turn the switch OFF for every release, also those that no page shows any more, once Redis runs."""
    keys = "redis-cli --scan --pattern 'error-sim:*' | xargs --no-run-if-empty redis-cli del"
    command = ("exec", "statefulset/redis", "--", "sh", "-c", f"{keys}; echo done")
    opened = False

    def turned() -> str:
        nonlocal opened
        try:
            return env.kubectl(*command)
        except ToolError:
            opened = opened or volumes_opened(env)
            raise

    until(turned, what="Redis runs", seconds=ANSWER_S)


def volumes_opened(env: Environment) -> bool:
    """Whether Redis and PostgreSQL start again: a stopped node may have lost the folders of their volumes."""
    kubectl = env.cluster.kubectl
    if all(map(ready, kubectl.objects("statefulsets", env.namespace))):
        return False  # the controllers have not seen the failure yet
    volumes.open_volumes(kubectl, env.namespace, env.cluster.nodes)
    # A pod that has failed often waits for minutes before it starts again; a new one does not.
    env.kubectl("delete", "pods", "--selector=app.kubernetes.io/name in (postgres,redis)", "--wait=false")
    return True


def stop_others(env: Environment, state: State) -> None:
    """Stop the pods of other releases: the controller would keep those of an aborted one for 30 s."""
    for each in state.pods:
        if each.release != state.release and each.wanted:
            env.kubectl("scale", f"replicaset/vote-{each.release}", "--replicas=0")


def settled(env: Environment, seconds: float = 70) -> None:
    """Return once every check passes, but for the view's port, which a reset cannot free.

    Votes that failed leave the error rate within a minute.
    """
    left: list[str] = []

    def passed() -> bool:
        found = check.findings(env.cluster.name, env.name)
        wrong = (each for each in found if not each.ok and each.what != machine.VIEW)
        left[:] = [f"{each.what}: {each.found}" for each in wrong]
        return not left

    until(passed, what="every check passes", seconds=seconds, why=lambda: "; ".join(left))
