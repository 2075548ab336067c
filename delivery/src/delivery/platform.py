"""`delivery platform`: apm's image committed to main, then the platform brought to what main says."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from delivery import docker, overlay, pulling, tags
from delivery.errors import ConfigurationError, TimedOutError
from delivery.git import Commit
from delivery.kubectl import Cluster
from delivery.overlay import Image
from delivery.programs import ToolError
from delivery.project import Project

PATH = "k8s/platform/apm/kustomization.yaml"
READY_S = 180


def renew(project: Project, tag: str | None, say: Callable[[str], None]) -> str:
    """Pin apm's image of a tag, apply k8s/platform, and wait until it runs; the commit, if there was one.

    No tag: what main says is applied again.
    """
    cluster = project.cluster("platform")
    try:
        cluster("version", "--request-timeout=15s")
    except ToolError as error:
        raise ConfigurationError(
            f"the cluster {cluster.settings.cluster} does not answer; {error}"
        ) from error
    made = pin(project, tag) if tag else ""
    if made:
        say(f"{made[:7]} on {project.git.branch}: the platform's apm is {tag}")
    try:
        apply(project, cluster)
    except (ToolError, TimedOutError) as error:
        raise ConfigurationError(
            f"the platform is not what git says: {error}; mend that, then: delivery platform"
        ) from error
    project.summarize("### The platform is what git says" + (f"\n\napm is `{tag}`." if tag else ""))
    return made


def pin(project: Project, tag: str) -> str:
    """Commit apm's image to main, by the digest that the registry has; empty if main names it already."""
    image = docker.pinned(Image(docker.names(project.settings)["apm"], tags.checked(tag)))
    pulling.require(project.cluster("platform"), [image])

    def make(tip: str) -> Commit | None:
        before = project.git.read(tip, PATH)
        if before is None:
            raise ConfigurationError(f"{project.git.branch} has no {PATH}; push it to origin first")
        if overlay.images(before).get("apm") == image:
            return None
        after = overlay.with_images(before, {"apm": image})
        run_url = project.surroundings.run_url
        return Commit(
            {PATH: after}, f"deploy(platform): apm {tag}\n" + (run_url and f"\nRun-Url: {run_url}\n")
        )

    return project.git.publish(make, project.hands)


def apply(project: Project, cluster: Cluster) -> None:
    """Apply k8s/platform as main has it, and wait until its Deployments run."""
    with tempfile.TemporaryDirectory(prefix="delivery-") as folder:
        k8s = project.git.folder(project.git.fetch(), "k8s", Path(folder))
        where = Path("k8s/platform") if project.hands.dry_run else k8s / "platform"
        project.hands.change(*cluster.command("apply", f"--kustomize={where}", namespace=None), seconds=180)
    if project.hands.dry_run:
        return
    for each in cluster("get", "deployments.apps", "--output=name").split():
        cluster("rollout", "status", each, f"--timeout={READY_S}s", seconds=READY_S + 20)
