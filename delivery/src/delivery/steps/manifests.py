"""The manifests of a release: k8s/ as it was deployed, and the overlay of its environment."""

from pathlib import Path

from delivery.adapters.git import Repository
from delivery.domain.history import Deployment

FOLDER = "k8s"
# Parts of k8s/ that are not part of a release.
APART = {"README.md", "overlays", "platform", "policies", "tests"}


def overlay(env: str) -> str:
    """The folder of an environment's overlay."""
    return f"{FOLDER}/overlays/{env}"


def tree(git: Repository, commit: str, path: str = FOLDER) -> str:
    """The id of a folder's tree at a commit."""
    return git("rev-parse", "--verify", f"{commit}:{path}")


def recorded(git: Repository, deployment: Deployment) -> str:
    """The tree of k8s/ of a deployment; that of its commit if it has no such trailer."""
    return deployment.manifests or tree(git, deployment.commit)


def shared(git: Repository, k8s: str) -> list[str]:
    """The parts of a tree of k8s/ that all overlays share, for comparison."""
    return [line for line in git("ls-tree", k8s).splitlines() if line.partition("\t")[2] not in APART]


def same(git: Repository, wanted: Deployment, last: Deployment, tip: str) -> bool:
    """Whether a deployment has the manifests of the last one, and main's overlay has not changed since."""
    own = overlay(wanted.env)
    overlays = {tree(git, commit, own) for commit in (last.commit, tip, wanted.restores or tip)}
    k8s = wanted.manifests or tree(git, tip)
    return len(overlays) == 1 and shared(git, k8s) == shared(git, recorded(git, last))


def write(git: Repository, env: str, commit: str, k8s: str, into: Path) -> Path:
    """Write a tree of k8s/ with the environment's overlay of a commit; returns the path of k8s/."""
    own = {FOLDER: k8s, overlay(env): tree(git, commit, overlay(env))}
    return git.folder(git.tree(commit, folders=own), FOLDER, into)
