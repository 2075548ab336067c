"""The workflows match docs/fork.md and delivery; `make lint` checks their syntax and safety."""

import re
import shlex
from importlib import import_module

import pytest

from delivery import __main__ as delivery
from e2e.workflows import FILES, FOLDER, jobs, read, steps
from local.app import ROOT

PINNED = re.compile(r"uses: (?P<action>[\w-]+/[\w./-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def commands(program: str) -> list[list[str]]:
    """The arguments of each step that runs this program."""
    words = [shlex.split(step["run"]) for _, step in steps() if "run" in step]
    return [arguments for first, *arguments in words if first == program]


def test_every_job_has_a_timeout():
    for name, job in jobs().items():
        assert "uses" in job or isinstance(job["timeout-minutes"], int | str), name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_action_is_pinned_or_ours(path):
    for line in path.read_text().splitlines():
        if "uses:" not in line:
            continue
        ours = re.search(r"uses: \./(\S+)$", line)
        assert (ROOT / ours[1]).exists() if ours else PINNED.search(line), line


def test_one_version_of_each_action():
    used = {line.strip(" -") for path in FILES for line in path.read_text().splitlines() if "uses: " in line}
    actions = [pinned["action"] for pinned in map(PINNED.search, used) if pinned]
    assert len(actions) == len(set(actions))


def test_a_step_is_one_command_and_no_logic():
    for name, step in steps():
        if "run" in step:
            assert re.fullmatch(r'(delivery|make|sh "\$GITHUB_ACTION_PATH/[a-z]+\.sh").*', step["run"]), name
            assert "${{" not in step["run"], f"{name}: inputs come through env"


def test_delivery_knows_what_the_workflows_call():
    called = commands("delivery")
    assert called
    for name, *arguments in called:
        assert name in delivery.NAMES, name
        parameters = delivery.command(name).params
        options = {
            option: each for each in parameters for option in each.opts if each.param_type_name == "option"
        }
        left = list(arguments)
        places = 0
        while left:
            word = left.pop(0)
            if not word.startswith("--"):
                places += 1
                continue
            assert word in options, f"delivery {name} has no {word}"
            if not options[word].is_flag:
                left.pop(0)
        assert places <= sum(each.param_type_name == "argument" for each in parameters), name


def test_make_knows_what_the_workflows_call():
    targets = set(re.findall(r"^([\w.-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = [
        each["target"]
        for each in read(FOLDER / "workflows/ci.yaml")["jobs"]["make"]["strategy"]["matrix"]["include"]
    ]
    assert {"lint", "test", "e2e", "e2e-cluster"} <= set(called) <= targets


def test_secrets_and_variables_are_those_that_github_md_lists():
    text = "".join(path.read_text() for path in FILES)
    used = set(re.findall(r"\b(secrets|vars)\.(\w+)", text))
    listed = re.findall(
        r"^\| `(\w+)` \| (secret|variable) \|", (ROOT / "docs/github.md").read_text(), re.MULTILINE
    )
    kinds = {"secret": "secrets", "variable": "vars"}
    assert used == {(kinds[kind], name) for name, kind in listed}


def test_continuous_integration_needs_no_secret():
    assert not re.search(r"secrets\.|vars\.", (FOLDER / "workflows/ci.yaml").read_text())


def test_the_dashboard_is_updated_after_every_change():
    """Every workflow that changes an environment calls deploy.yaml, or has the dashboard's job itself."""
    for path in FOLDER.glob("workflows/*.yaml"):
        called = [job.get("uses", "") for job in read(path)["jobs"].values()]
        changes = any(
            f"delivery {command}" in path.read_text() for command in ("deploy", "promote", "rollback")
        )
        assert not changes or any("deployment-landscape" in each for each in called), path.name


@pytest.mark.parametrize("name", ["fork.md", "github.md", "upstream.md"])
def test_every_link_has_a_target(name):
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", (ROOT / "docs" / name).read_text()):
        path, _, title = target.partition("#")
        file = ROOT / "docs" / (path or name)
        assert file.exists(), target
        titles = re.findall(r"^##+ (.+)", file.read_text(), re.MULTILINE) if title else []
        assert not title or title in {each.lower().replace(" ", "-") for each in titles}, target


@pytest.mark.parametrize(
    "path", [".github/actions/setup/plugin.sh", "docs/fork.md", "k8s/platform/README.md"]
)
def test_argo_rollouts_has_one_version(path):
    versions = re.findall(r"(?:version=|releases/download/)(v[\d.]+\d)", (ROOT / path).read_text())
    assert set(versions) == {import_module("demo.cluster").ROLLOUTS_VERSION}
