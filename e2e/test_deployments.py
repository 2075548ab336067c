"""The triggers of deployments, their queues, and the reports after a failure."""

import re
import subprocess

import pytest

from delivery.domain.services import DEPLOYED
from e2e.pipeline.act import UNKNOWN
from e2e.workflows import FOLDER, concurrencies, environment, jobs, pushes, read
from local.app import ROOT

PATHS = ("{}/**", "requirements/{}.txt")  # of a service, whose push builds its image


def test_a_change_of_any_service_is_deployed():
    """The services of dev redeploy dev; apm belongs to the platform."""
    dev, platform = pushes("ci-build-push-*-dev"), pushes("platform-*")
    folders, packages = ({shape.format(each) for each in DEPLOYED} for shape in PATHS)
    assert {path for path in dev if not path.startswith("!")} == folders | packages
    assert {"apm/**", "requirements/apm.txt", "k8s/platform/**"} <= platform


def test_commits_of_the_pipeline_start_no_workflow():
    """Pushes with a deploy key start workflows, unlike those with GitHub's token."""
    ignored = read(FOLDER / "workflows/ci.yaml")["on"]["push"]["paths-ignore"]
    assert {".deployments/**", "README.md", "k8s/overlays/*/kustomization.yaml"} <= set(ignored)
    assert "!k8s/platform/apm/kustomization.yaml" in pushes("platform-*")
    assert not [path for path in pushes("ci-build-push-*-dev") if path.startswith(("k8s", ".", "README"))]


def test_only_one_deployment_of_an_environment_runs_at_once():
    groups = concurrencies()
    for name, job in jobs().items():
        if "environment" in job and not name.endswith(" build"):
            assert groups.get(name, groups.get(name.split()[0]))["cancel-in-progress"] is False, name


def test_queued_deployments_are_not_cancelled():
    """Except for dev, which ends with the newest push."""
    queued = {name for name, each in concurrencies().items() if "queue" in each}
    assert {each["queue"] for each in concurrencies().values() if "queue" in each} == {"max"}
    alone = ("ci.yaml", "ci-build-push-")
    assert queued == {name for name in concurrencies() if not name.startswith(alone)}


def test_act_reads_every_workflow_once_two_keys_are_left_out():
    """The command in docs/fork.md does the same: each of these keys is on its own line."""
    command = re.search(r"`sed -i '(.*?)'", (ROOT / "docs/fork.md").read_text())
    lines = [re.compile(each) for each in re.findall(r"/(.*?)/d", command[1])]
    for path in FOLDER.glob("workflows/*.yaml"):
        text = path.read_text()
        left = [line for line in text.splitlines() if not any(each.search(line) for each in lines)]
        assert "".join(f"{line}\n" for line in left) == UNKNOWN.sub("", text), path.name
        assert not re.search(r"\b(queue|deployment): *(max|false)", "\n".join(left)), path.name


def test_only_deployments_are_on_the_deployments_page():
    for name, job in jobs().items():
        env = environment(job)
        if env.get("name") in ("build", "landscape", "platform"):
            assert env["deployment"] is False, name
        elif env:
            assert "deployment" not in env, name
            assert ".outputs.url" in env["url"], name


def test_a_promotion_waits_for_a_deployment_of_the_same_environment():
    deploys = read(FOLDER / "workflows/deploy.yaml")["jobs"]["deploy"]
    promotes = read(FOLDER / "workflows/promote-rollout.yaml")["jobs"]["promote"]
    assert promotes["concurrency"]["group"] == deploys["concurrency"]["group"]
    assert environment(promotes)["name"] == environment(deploys)["name"]


def test_failures_are_reported():
    """Every job in which a release can fail ends with a report of the image tag from an earlier step."""
    for name, job in jobs().items():
        runs = [step.get("run", "") for step in job.get("steps", [])]
        if any(run.startswith(("delivery deploy", "delivery promote", "delivery rollback")) for run in runs):
            last = job["steps"][-1]
            assert last["run"].startswith("delivery report"), name
            assert "!cancelled()" in last["if"], name
            assert "--image-tag" in last["run"], name


def test_jobs_that_push_may_use_a_deploy_key():
    for name, job in jobs().items():
        for step in job.get("steps", []):
            if step.get("with", {}).get("persist-credentials") is True:
                assert step["with"]["ssh-key"] == "${{ secrets.DEPLOY_KEY }}", name


@pytest.mark.servers
@pytest.mark.parametrize(
    ("ref", "default", "code"),
    [
        ("refs/heads/main", "main", 0),
        ("refs/heads/trunk", "trunk", 0),
        ("refs/heads/main", "", 0),
        ("refs/heads/feature", "main", 2),
        ("refs/tags/main", "main", 2),
    ],
)
def test_deployments_come_from_the_default_branch(ref, default, code):
    done = subprocess.run(
        ["sh", str(FOLDER / "actions/connect/branch.sh")],
        env={"GITHUB_REF": ref, "GITHUB_REF_NAME": ref.split("/", 2)[2], "DEFAULT_BRANCH": default},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == code
    assert len(done.stderr.splitlines()) == (code != 0)


def test_dev_ends_with_the_newest_push():
    """The whole run is in its own queue, so this holds however long each build takes."""
    (workflow,) = FOLDER.glob("workflows/ci-build-push-*-dev.yaml")
    queue = read(workflow)["concurrency"]
    assert queue["cancel-in-progress"] is False
    assert [each["group"] for each in concurrencies().values()].count(queue["group"]) == 1
