"""What the workflow files say, for the tests that hold them to it."""

from pathlib import Path

from ruamel.yaml import YAML

from local.app import ROOT

FOLDER = ROOT / ".github"
FILES = sorted([*FOLDER.glob("workflows/*.yaml"), *FOLDER.glob("actions/*/action.yaml")])


def read(path: Path) -> dict:
    return YAML(typ="safe").load(path)


def jobs() -> dict[str, dict]:
    """Every job of every workflow, by a name to report it by."""
    return {
        f"{path.name} {name}": job
        for path in FOLDER.glob("workflows/*.yaml")
        for name, job in read(path)["jobs"].items()
    }


def steps() -> list[tuple[str, dict]]:
    """Every step of every workflow and action."""
    found = [(name, step) for name, job in jobs().items() for step in job.get("steps", [])]
    for path in FOLDER.glob("actions/*/action.yaml"):
        found += [(path.parent.name, step) for step in read(path)["runs"]["steps"]]
    return found


def pushes(kind: str) -> set[str]:
    """The paths whose push starts a workflow."""
    (workflow,) = FOLDER.glob(f"workflows/{kind}.yaml")
    return set(read(workflow)["on"]["push"]["paths"])


def environment(job: dict) -> dict:
    """A job's environment, in the form that has all of it."""
    said = job.get("environment", {})
    return said if isinstance(said, dict) else {"name": said}


def concurrencies() -> dict[str, dict]:
    """Every queue, of workflows and of jobs."""
    found = {name: job["concurrency"] for name, job in jobs().items() if "concurrency" in job}
    workflows = {path.name: read(path) for path in FOLDER.glob("workflows/*.yaml")}
    return found | {name: each["concurrency"] for name, each in workflows.items() if "concurrency" in each}
