"""Real git; kubectl is a fake that answers from files."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from delivery.commands import landscape, report, status
from delivery.domain.commits import Commit
from delivery.domain.errors import ConfigurationError, NothingToDoError
from delivery.domain.report.record import beside

from .fakes import rollout
from .samples import git, valid

pytestmark = pytest.mark.servers


def readme(origin):
    return origin.main("show", "main:README.md")


def test_the_dashboard_is_pushed_once(origin, project, in_qa):
    assert landscape.renew(project, print, push=True, offline=False)

    assert f"| Healthy | `{in_qa}` |" in readme(origin)
    assert "by _Ada Lovelace_" in readme(origin)
    again = readme(origin)
    landscape.renew(project, print, push=True, offline=False)
    assert readme(origin).count("<!-- deployments:begin -->") == 1
    assert len(readme(origin).splitlines()) == len(again.splitlines())


class Clock(datetime):
    """The time, set by a test."""

    later = timedelta()

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.later


def test_an_unchanged_dashboard_is_not_committed(origin, project, fakes, in_qa, monkeypatch):
    monkeypatch.setattr(landscape, "datetime", Clock)
    assert landscape.renew(project, print, push=True, offline=False)
    before = origin.main("rev-parse", "main")

    for days in (0, 1, 40):
        monkeypatch.setattr(Clock, "later", timedelta(days=days, seconds=59))
        assert not landscape.renew(project, print, push=True, offline=False)
    assert origin.main("rev-parse", "main") == before

    fakes.runs(rollout(in_qa, phase="Degraded"))
    assert landscape.renew(project, print, push=True, offline=False)
    assert "| Degraded |" in readme(origin)
    assert "a month ago" in readme(origin)


def test_an_unplanned_pause_is_shown_with_its_reason(origin, project, fakes, in_qa):
    fakes.runs(
        rollout(in_qa, phase="Paused", message="InconclusiveAnalysisRun", stable="fffffff-20250101000000")
    )

    landscape.renew(project, print, push=True, offline=False)
    path, _ = report.report(project, "qa", print, push=True)

    assert "| Paused: InconclusiveAnalysisRun |" in readme(origin)
    assert status.ask(project, "qa").phase == "Paused: InconclusiveAnalysisRun"
    assert origin.main("show", f"main:{path}").startswith(f"# qa: `{in_qa}` is Paused: Inconclusive")
    valid(json.loads(origin.main("show", f"main:{beside(path)}")))


def test_a_shallow_clone_shows_the_whole_history(origin, project, in_qa):
    shallow = origin.project(origin.clone("--depth=1"))

    assert landscape.renew(shallow, print, push=False, offline=True)
    assert f"`{in_qa}`" in (shallow.root / "README.md").read_text()


def test_while_the_cluster_is_unreachable_the_last_reported_phase_is_shown(origin, project, fakes, in_qa):
    report.report(project, "qa", print, push=True)
    fakes.breaks("cluster-away")
    said = []

    landscape.renew(project, said.append, push=True, offline=False)

    row = next(line for line in readme(origin).splitlines() if line.startswith("| **QA**"))
    assert "| Healthy |" in row
    assert "qa-deployment-report.md)" in row
    assert any(
        "showing the last reported phase of qa: the cluster acme does not answer" in line for line in said
    )


def test_missing_marks_on_main_are_an_error(origin, project, in_qa):
    project.git.publish(lambda _: Commit({"README.md": "# acme\n"}, "docs: less\n"), project.runner)

    with pytest.raises(ConfigurationError, match="needs one line <!-- deployments:begin -->"):
        landscape.renew(project, print, push=True, offline=True)


def test_a_report_is_a_pair_of_files_on_main(origin, project, in_qa):
    path, changed = report.report(project, "qa", print, push=True)

    assert changed
    assert path.startswith(".deployments/")
    assert origin.main("show", f"main:{path}").startswith(f"# qa: `{in_qa}` is Healthy")
    record = json.loads(origin.main("show", f"main:{beside(path)}"))
    assert record["source"] == {
        "commit": git(project.root, "rev-parse", "HEAD"),
        "subject": "feat: everything",
        "people": ["Ada Lovelace"],
    }
    assert "weights, pod counts and times: nobody watched" in record["missing"][0]
    assert report.report(project, "qa", print, push=True) == (path, False)


def test_a_report_without_the_cluster_lists_what_is_missing(project, fakes, in_qa):
    fakes.breaks("cluster-away")
    path, _ = report.report(project, "qa", print, push=False)

    assert json.loads((project.root / beside(path)).read_text())["outcome"] == "not known"
    assert "## Missing" in (project.root / path).read_text()


def test_a_dry_run_writes_nothing(origin, project, in_qa, capsys):
    before = origin.main("rev-parse", "main")
    dry = replace(project, runner=replace(project.runner, dry_run=True))

    landscape.renew(dry, print, push=True, offline=True)
    landscape.renew(dry, print, push=False, offline=True)
    report.report(dry, "qa", print, push=False)

    assert "+ # qa:" in capsys.readouterr().out
    assert origin.main("rev-parse", "main") == before
    assert git(project.root, "status", "--porcelain") == ""


def test_no_deployment_is_nothing_to_report(project):
    with pytest.raises(NothingToDoError, match="git has no deployment of uat"):
        report.report(project, "uat", print, push=False)
