"""Fixtures of delivery's tests: settings, recorded runs of real clusters, golden files, repositories."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from delivery.adapters import pages
from delivery.adapters.github import ActionsEnvironment
from delivery.commands import deploy
from delivery.domain import history, overlay
from delivery.domain.history import Deployment
from delivery.domain.observation_log import ObservationLog
from delivery.domain.settings import Settings
from delivery.steps import watch
from delivery.steps.watch import Watch

from .fakes import Fakes, rollout
from .samples import (
    ADA,
    AS_ADA,
    ENVIRONMENTS,
    KUSTOMIZATION,
    OTHER_DIGEST,
    STRATEGIES,
    Origin,
    RecordedCluster,
    git,
    images,
)

HERE = Path(__file__).parent


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


@pytest.fixture
def recorded():
    """A recording of a run on a real cluster."""

    def read(name, env="qa"):
        return RecordedCluster(env, **json.loads((HERE / "recorded" / f"{name}.json").read_text()))

    return read


@pytest.fixture
def watched(recorded, tmp_path):
    """A Watch that has made the first observations of a recorded run; its lines are in `said`."""

    def watch(name, tag, *, env="qa", observations=None):
        cluster, said = recorded(name, env), []
        seen = Watch(cluster, ObservationLog(env, tag), tmp_path, said.append, now=cluster.now)
        for _ in range(observations or len(cluster.observations)):
            seen.look()
        seen.said = said
        return seen

    return watch


@pytest.fixture(scope="session")
def first_commit(tmp_path_factory):
    """A bare repository; each test gets a copy."""
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
    """A clone in a run of GitHub Actions."""
    run_url = "https://github.com/acme-org/acme/actions/runs/42"
    run = ActionsEnvironment(step_summary=str(tmp_path / "summary.md"), run_url=run_url)
    return replace(origin.project(origin.clone()), actions=run)


@pytest.fixture
def fakes(tmp_path, monkeypatch):
    return Fakes(tmp_path / "fakes").make(monkeypatch)


@pytest.fixture
def tag(project):
    """The tag of a commit by Ada."""
    return f"{git(project.root, 'rev-parse', 'HEAD')[:7]}-20260102030405"


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(watch, "PAUSE_S", 0.01)
    monkeypatch.setattr(watch, "AFTERMATH_S", 0.1)


@pytest.fixture
def errors(monkeypatch):
    """Whether the switch is ON, for a test to change."""
    switch = {"on": False}
    monkeypatch.setattr(pages, "errors_on", lambda _url, _release: switch["on"])
    return switch


@pytest.fixture
def in_qa(project, fakes, tag):
    """The tag runs in qa, Healthy."""
    deploy.deploy(project, "qa", tag, print)
    fakes.runs(rollout(tag))
    return tag


@pytest.fixture
def a_lie(origin, deployment, in_qa):
    """Somebody edits qa's overlay; the commit's trailers claim a deployment of other digests."""
    clone = origin.clone()
    file = clone / overlay.path("qa")
    file.write_text(file.read_text().replace("# one tag for all", "# one tag for all images"))
    claim = history.message(deployment(in_qa, images=images(in_qa, OTHER_DIGEST)))
    git(clone, "commit", "--quiet", "--all", f"--message={claim}")
    git(clone, "push", "--quiet", "origin", "main")


@pytest.fixture
def in_staging(project, fakes, tag):
    """The tag waits in staging."""
    deploy.deploy(project, "staging", tag, print)
    waits = {"phase": "Paused", "stable": "fffffff-20250101000000", "strategy": "blue-green"}
    fakes.runs(rollout(tag, **waits))
    return tag
