"""What a release is made of beside its images: k8s/ as it was deployed, and its environment's own overlay."""

from pathlib import Path

from delivery.adapters.git import Repository
from delivery.domain.history import Deployment

FOLDER = "k8s"
APART = {"README.md", "overlays", "platform", "policies", "tests"}  # in k8s/: no release is made of them


def overlay(env: str) -> str:
    """The folder of an environment's overlay."""
    return f"{FOLDER}/overlays/{env}"


def tree(git: Repository, commit: str, path: str = FOLDER) -> str:
    """The id of a folder's tree at a commit."""
    return git("rev-parse", "--verify", f"{commit}:{path}")


def recorded(git: Repository, deployment: Deployment) -> str:
    """The tree of k8s/ that a deployment was made with; its commit's, if it is older than the trailer."""
    return deployment.manifests or tree(git, deployment.commit)


def shared(git: Repository, k8s: str) -> list[str]:
    """What the overlays share in a tree of k8s/, to be compared."""
    return [line for line in git("ls-tree", k8s).splitlines() if line.partition("\t")[2] not in APART]


def same(git: Repository, wanted: Deployment, last: Deployment, tip: str) -> bool:
    """Whether a deployment has the manifests of the last one, and main's overlay is still that one's."""
    own = overlay(wanted.env)
    overlays = {tree(git, commit, own) for commit in (last.commit, tip, wanted.restores or tip)}
    k8s = wanted.manifests or tree(git, tip)
    return len(overlays) == 1 and shared(git, k8s) == shared(git, recorded(git, last))


def write(git: Repository, env: str, commit: str, k8s: str, into: Path) -> Path:
    """Write a tree of k8s/ with the environment's overlay as of a commit, and return where k8s/ is."""
    own = {FOLDER: k8s, overlay(env): tree(git, commit, overlay(env))}
    return git.folder(git.tree(commit, folders=own), FOLDER, into)
