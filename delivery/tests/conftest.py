"""What delivery's tests share: settings, recorded runs of real clusters, golden files, repositories."""

import json
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from delivery.adapters.github import ActionsEnvironment
from delivery.adapters.process import Runner
from delivery.domain.attribution import Person
from delivery.domain.environments import Environment
from delivery.domain.history import Deployment
from delivery.domain.observation_log import ObservationLog
from delivery.domain.overlay import Image
from delivery.domain.settings import Settings
from delivery.steps import deployment as deployment_steps
from delivery.steps.desired_state import DesiredState
from delivery.steps.project import Project
from delivery.steps.watch import Watch

from .fakes import DIGEST, Fakes

HERE = Path(__file__).parent
ADA = Person("Ada Lovelace", "ada@example.org")
AS_ADA = ("-c", f"user.name={ADA.name}", "-c", f"user.email={ADA.email}")
KUSTOMIZATION = """\
kind: Kustomization
components:
  - ../../components/{strategy} # how it changes
images: # one tag for all
  - name: vote
    newName: registry.example/acme/vote
    newTag: 0000000-20260101000000
  - name: worker
    newName: registry.example/acme/worker
    newTag: 0000000-20260101000000
patches:
  - target: {{kind: Rollout, name: vote}} # stays as it is
    patch: |-
      - {{op: replace, path: /spec/replicas, value: 5}}
"""
ENVIRONMENTS = (
    Environment(name="dev", on_push=True),
    Environment(name="qa", strategy="canary", replicas=5, traffic=True),
    Environment(name="uat", strategy="canary", replicas=5, traffic=True),
    Environment(name="staging", strategy="blue-green", replicas=3, traffic=True),
)
STRATEGIES = {each.name: each.strategy for each in ENVIRONMENTS}


def pytest_addoption(parser):
    parser.addoption(
        "--renew-golden", action="store_true", help="write the golden files anew; look at git diff"
    )


@pytest.fixture
def settings():
    return Settings(
        name="acme",
        registry="registry.example/acme",
        repository="acme-org/acme",
        base_domain="acme.dev",
        connect="kind",
        cluster="acme",
        region="us-west-2",
        environments=ENVIRONMENTS,
    )


def toml(settings):
    """A delivery.toml with these settings."""
    return "\n".join(settings.lines().values()) + "\n"


@pytest.fixture
def golden(request):
    """Compare with a golden file; --renew-golden writes it."""

    def compare(name, text):
        file = HERE / "golden" / name
        if request.config.getoption("--renew-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        assert text == file.read_text()

    return compare


def images(tag, digest=DIGEST):
    return tuple(Image(f"registry.example/acme/{service}", tag, digest) for service in ("vote", "worker"))


@pytest.fixture
def deployment():
    """A deployment of a tag; keywords change the rest."""

    def make(tag="0a1b2c3-20260102030405", env="qa", **other):
        usual = {
            "commit": "d" * 40,
            "at": datetime(2026, 1, 2, 3, 10, tzinfo=UTC),
            "images": images(tag),
            "source": "0a1b2c3" + "0" * 33,
            "people": (ADA,),
            "run_url": "https://github.com/acme-org/acme/actions/runs/42",
        }
        return Deployment(env=env, **usual | other)

    return make


@dataclass
class RecordedCluster:
    """Answers as a real cluster did, one look after the other, then the last one again and again."""

    env: str
    looks: list[dict]
    logs: dict[str, str]
    events: list[dict] = field(default_factory=list)
    asked: int = 0

    def objects(self, kinds=""):
        look = self.looks[min(self.asked, len(self.looks) - 1)]
        self.asked += 1
        return look["objects"]

    def log(self, job):
        return self.logs.get(job, "")

    def now(self):
        return datetime.fromtimestamp(self.looks[min(self.asked, len(self.looks)) - 1]["at"], UTC)


@pytest.fixture
def recorded():
    """A run that was recorded from a real cluster."""

    def read(name, env="qa"):
        return RecordedCluster(env, **json.loads((HERE / "recorded" / f"{name}.json").read_text()))

    return read


@pytest.fixture
def watched(recorded, tmp_path):
    """A Watch that has seen the first looks of a recorded run; its lines are in `said`."""

    def watch(name, tag, *, env="qa", looks=None):
        cluster, said = recorded(name, env), []
        seen = Watch(cluster, ObservationLog(env, tag), tmp_path, said.append, now=cluster.now)
        for _ in range(looks or len(cluster.looks)):
            seen.look()
        seen.said = said
        return seen

    return watch


def git(folder, *arguments, **kwargs):
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=60, **kwargs
    )
    return done.stdout.strip()


def commit(project, wanted, say):
    """Commit a deployment to the default branch as it is now; nothing is applied."""
    return deployment_steps.commit(project, DesiredState.now(project), wanted, say)


@dataclass
class Origin:
    """A real bare repository with every overlay on main, and clones of it."""

    path: Path
    folder: Path
    settings: Settings
    clones: int = 0

    def clone(self, *options):
        self.clones += 1
        where = self.folder / f"clone-{self.clones}"
        git(self.folder, "clone", "--quiet", *options, self.path.as_uri(), str(where))
        with (where / ".git/config").open("a") as file:
            file.write(f"[user]\nname = {ADA.name}\nemail = {ADA.email}\n")
        return where

    def project(self, clone, *, dry_run=False):
        return Project(clone, self.settings, ActionsEnvironment(), Runner(dry_run))

    def main(self, *arguments):
        return git(self.path, *arguments)


@pytest.fixture(scope="session")
def first_commit(tmp_path_factory):
    """A bare repository that each test gets a copy of."""
    folder = tmp_path_factory.mktemp("first")
    git(folder, "init", "--quiet", "--initial-branch=main", "work")
    work = folder / "work"
    for env, strategy in STRATEGIES.items():
        file = work / "k8s/overlays" / env / "kustomization.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(KUSTOMIZATION.format(strategy=strategy))
    (work / "README.md").write_text("# acme\n\n<!-- deployments:begin -->\n<!-- deployments:end -->\n")
    git(work, "add", ".")
    git(work, *AS_ADA, "commit", "--quiet", "--message=feat: everything")
    git(folder, "clone", "--quiet", "--bare", "work", "origin.git")
    return folder / "origin.git"


@pytest.fixture
def origin(tmp_path, settings, first_commit, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    bare = tmp_path / "origin.git"
    shutil.copytree(first_commit, bare)
    return Origin(bare, tmp_path, settings)


@pytest.fixture
def project(origin, tmp_path):
    """A clone, with a run of GitHub Actions around it."""
    run_url = "https://github.com/acme-org/acme/actions/runs/42"
    run = ActionsEnvironment(step_summary=str(tmp_path / "summary.md"), run_url=run_url)
    return replace(origin.project(origin.clone()), actions=run)


@pytest.fixture
def fakes(tmp_path, monkeypatch):
    return Fakes(tmp_path / "fakes").make(monkeypatch)


@pytest.fixture
def tag(project):
    """A tag of a commit that Ada made."""
    return f"{git(project.root, 'rev-parse', 'HEAD')[:7]}-20260102030405"


def minutes(count):
    return timedelta(minutes=count)
