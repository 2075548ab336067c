"""`delivery platform`: commits the image of apm, and applies k8s/platform from main."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from delivery.adapters import docker
from delivery.adapters.kubectl import Cluster
from delivery.adapters.process import ToolError
from delivery.commands.options import DryRun, Tag, say
from delivery.domain import overlay, tags
from delivery.domain.commits import Commit
from delivery.domain.errors import ConfigurationError, TimedOutError
from delivery.domain.image import Image
from delivery.domain.services import image_names
from delivery.steps import preflight
from delivery.steps.project import Project

PATH = "k8s/platform/apm/kustomization.yaml"
READY_S = 180


def command(image_tag: Tag = None, dry_run: DryRun = False) -> None:
    """Commit the image tag of apm and apply k8s/platform; without a tag, apply the current main."""
    project = Project.here(dry_run=dry_run)
    commit = renew(project, image_tag, say)
    say("the platform is up to date with main")
    project.output(changed=str(bool(commit)).lower(), commit=commit)


def renew(project: Project, tag: str | None, say: Callable[[str], None]) -> str:
    """Pin the image of apm, apply k8s/platform, and wait until it is ready; returns the commit, if any.

    Without a tag, the current main is applied again.
    """
    cluster = project.cluster("platform")
    try:
        cluster("version", "--request-timeout=15s")
    except ToolError as error:
        raise ConfigurationError(
            f"the cluster {cluster.settings.cluster} does not answer; {error}"
        ) from error
    tip = project.git.fetch()
    made = pin(project, tip, tag) if tag else ""
    if made:
        say(f"{made[:7]} on {project.git.branch}: the platform's apm is {tag}")
    try:
        apply(project, made or tip, cluster)
    except (ToolError, TimedOutError) as error:
        raise ConfigurationError(
            f"the platform was not applied completely: {error}; fix that, then: delivery platform"
        ) from error
    project.summarize("### The platform is what git says" + (f"\n\napm is `{tag}`." if tag else ""))
    return made


def pin(project: Project, tip: str, tag: str) -> str:
    """Commit the image of apm with its digest in the registry; empty if git already has it."""
    image = docker.pinned(Image(image_names(project.settings)["apm"], tags.checked(tag)))
    preflight.require_pullable(project.cluster("platform"), [image])

    def make(tip: str) -> Commit | None:
        before = project.git.read(tip, PATH)
        if before is None:
            raise ConfigurationError(f"{project.git.branch} has no {PATH}; push it to origin first")
        if overlay.images(before).get("apm") == image:
            return None
        after = overlay.with_images(before, {"apm": image})
        run_url = project.actions.run_url
        return Commit(
            {PATH: after}, f"deploy(platform): apm {tag}\n" + (run_url and f"\nRun-Url: {run_url}\n")
        )

    return project.git.publish(make, project.runner, tip=tip)


def apply(project: Project, commit: str, cluster: Cluster) -> None:
    """Apply k8s/platform of a commit, and wait until its Deployments are ready."""
    with tempfile.TemporaryDirectory(prefix="delivery-") as folder:
        k8s = project.git.folder(commit, "k8s", Path(folder))
        where = Path("k8s/platform") if project.runner.dry_run else k8s / "platform"
        project.runner.change(*cluster.kubectl.command("apply", f"--kustomize={where}"), seconds=180)
    if project.runner.dry_run:
        return
    for each in cluster("get", "deployments.apps", "--output=name").split():
        cluster("rollout", "status", each, f"--timeout={READY_S}s", seconds=READY_S + 20)
