"""Parses the workflow files for tests."""

from pathlib import Path

from ruamel.yaml import YAML

from local.app import ROOT

FOLDER = ROOT / ".github"
FILES = sorted([*FOLDER.glob("workflows/*.yaml"), *FOLDER.glob("actions/*/action.yaml")])


def read(path: Path) -> dict:
    return YAML(typ="safe").load(path)


def jobs() -> dict[str, dict]:
    """Every job of every workflow, by file and name."""
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
    """The paths whose changes start a workflow on push."""
    (workflow,) = FOLDER.glob(f"workflows/{kind}.yaml")
    return set(read(workflow)["on"]["push"]["paths"])


def environment(job: dict) -> dict:
    """A job's environment as a mapping."""
    said = job.get("environment", {})
    return said if isinstance(said, dict) else {"name": said}


def concurrencies() -> dict[str, dict]:
    """Every queue, of workflows and of jobs."""
    found = {name: job["concurrency"] for name, job in jobs().items() if "concurrency" in job}
    workflows = {path.name: read(path) for path in FOLDER.glob("workflows/*.yaml")}
    return found | {name: each["concurrency"] for name, each in workflows.items() if "concurrency" in each}
