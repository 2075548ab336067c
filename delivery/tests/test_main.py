"""The commands as a workflow runs them: exit codes, outputs, one line on stderr."""

import os
import re
import subprocess
import sys

import pytest

from delivery.commands import deploy
from delivery.domain.services import BUILT
from delivery.domain.settings import SHAPES

from .fakes import rollout
from .samples import git, toml


@pytest.fixture
def delivery(project, tmp_path, settings):
    """Run a command in the clone; its exit code, stderr and $GITHUB_OUTPUT."""
    (project.root / "delivery.toml").write_text(toml(settings))
    output, summary = tmp_path / "output", tmp_path / "summary"

    def call(*arguments, **more):
        output.unlink(missing_ok=True)
        summary.unlink(missing_ok=True)
        env = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
        done = subprocess.run(
            [sys.executable, "-m", "delivery", *arguments],
            cwd=project.root,
            env={**env, "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert "Traceback" not in done.stderr
        lines = output.read_text().splitlines() if output.exists() else []
        said = summary.read_text() if summary.exists() else ""
        return done.returncode, done.stderr, dict(line.split("=", 1) for line in lines), said

    return call


@pytest.mark.servers
def test_a_deployment_sets_the_outputs_for_the_next_steps(delivery, fakes, tag, origin):
    fakes.runs(rollout(tag), "next.json")
    code, stderr, output, summary = delivery("deploy", "qa", "--image-tag", tag)

    assert (code, stderr) == (0, "")
    assert output == {
        "image_tag": tag,
        "changed": "true",
        "commit": origin.main("rev-parse", "main"),
        "release": f"hash{tag[-6:]}",
        "url": "https://vote-acme-qa.acme.dev",
        "preview_url": "",
    }
    assert "### Deployed to qa" in summary

    code, stderr, output, summary = delivery("deploy", "qa", "--image-tag", tag)

    assert code == 3
    assert stderr == f"delivery: already deployed, no new rollout: qa has {tag}, it is Healthy\n"
    assert "### Nothing to do" in summary


@pytest.mark.servers
def test_nothing_to_do_is_a_success_on_github(delivery, fakes, tag):
    fakes.runs(rollout(tag), "next.json")
    delivery("deploy", "qa", "--image-tag", tag)

    code, stderr, output, summary = delivery("deploy", "qa", "--image-tag", tag, GITHUB_ACTIONS="true")

    assert (code, stderr, output) == (0, "", {})
    assert "### Nothing to do" in summary
    assert delivery("promote", "qa", "staging", GITHUB_ACTIONS="true")[0] == 4, "a refusal stays one"


@pytest.mark.servers
def test_a_failed_deployment_can_be_reported(delivery, fakes, tag, project):
    """The tag is set as output before anything can fail, so that a later step can report it."""
    newer = f"{tag[:-1]}9"
    for each in (tag, newer):
        deploy.deploy(project, "staging", each, print)
    fakes.runs(rollout(newer, strategy="blue-green", phase="Paused", stable=tag))

    promoted = delivery("promote-rollout", "staging", "--confirm", "promote", "--timeout", "1")
    fakes.runs(rollout(tag, strategy="blue-green", phase="Progressing"), "next.json")
    back = delivery("rollback", "staging", "--reason", "the wrong colour", "--timeout", "1")

    assert (promoted[0], promoted[2]) == (5, {"image_tag": newer})
    assert (back[0], back[2]) == (5, {"image_tag": tag})


@pytest.mark.servers
def test_every_error_has_its_exit_code(delivery, fakes, tag, project):
    deploy.deploy(project, "staging", tag, print)
    fakes.runs(rollout(tag, strategy="blue-green", phase="Paused", stable="fffffff-20250101000000"))
    code, _, output, summary = delivery("wait", "staging", "--for", "paused")
    assert code == 0
    assert output["phase"] == "Paused"
    assert output["preview_url"] == "https://vote-acme-staging-preview.acme.dev"
    assert "Preview Ready for Testing" in summary

    assert delivery("wait", "staging", "--for", "healthy", "--timeout", "1")[0] == 5
    assert delivery("promote-rollout", "staging", "--confirm", "yes")[0] == 4
    assert delivery("promote", "qa", "staging")[0] == 4
    assert delivery("deploy", "prod")[0] == 2
    assert delivery("wait", "staging", "--for", "green")[0] == 2
    assert delivery("rollback", "staging", "--reason", " ")[0] == 2
    assert delivery("deploy", "qa", "--image-tag", "latest")[0] == 2
    assert delivery("init")[0] == 3
    fakes.breaks("cluster-away")
    for command in (("status",), ("status", "qa"), ("deploy", "qa"), ("wait", "qa", "--for", "healthy")):
        code, stderr, _, _ = delivery(*command)
        assert code == 2
        assert re.fullmatch(r"delivery: the cluster acme does not answer; .*\n", stderr)


@pytest.mark.servers
def test_tag_and_settings_are_handed_over(delivery, settings, project):
    code, _, output, _ = delivery("tag")
    assert code == 0
    assert re.fullmatch(rf"{git(project.root, 'rev-parse', 'HEAD')[:7]}-\d{{14}}", output["image_tag"])

    texts = {key: getattr(settings, key) for key in SHAPES}
    assert delivery("settings")[2] == {**texts, "registry_host": "registry.example"}
    assert delivery("tag", "--commit", "no-such")[0] == 2


@pytest.mark.servers
def test_the_dashboard_links_to_where_the_run_is(delivery, project, tag, fakes):
    deploy.deploy(project, "qa", tag, print)

    assert delivery("landscape", "--offline", GITHUB_SERVER_URL="https://ghe.acme.dev")[0] == 0
    assert "https://ghe.acme.dev/acme-org/acme/commit/" in (project.root / "README.md").read_text()


@pytest.mark.servers
@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_terminal_without_unicode_is_no_failure(delivery, project, fakes, encoding):
    git(project.root, "-c", "user.name=山田", "commit", "--quiet", "--allow-empty", "--message=feat: x")
    git(project.root, "push", "--quiet", "origin", "HEAD:main")
    deploy.deploy(project, "qa", f"{git(project.root, 'rev-parse', 'HEAD')[:7]}-20260102030405", print)

    assert delivery("landscape", "--dry-run", "--offline", PYTHONIOENCODING=encoding)[:2] == (0, "")


@pytest.mark.servers
def test_a_build_that_is_only_shown(delivery, fakes):
    code, stderr, output, _ = delivery("build", "--image-tag", "0a1b2c3-20260102030405", "--dry-run")

    assert (code, stderr, output) == (0, "", {})
    assert fakes.asked == []


@pytest.mark.servers
def test_a_build_pushes_when_all_are_built(delivery, fakes):
    assert delivery("build", "--image-tag", "0a1b2c3-20260102030405")[0] == 0
    verbs = [line.split()[1] for line in fakes.asked]
    assert verbs == ["build"] * len(BUILT) + ["push"] * len(BUILT)

    source = "--label org.opencontainers.image.source=https://github.com/acme-org/acme "
    assert all(source in line for line in fakes.asked if " build " in line)

    assert delivery("build", "apm")[0] == 0
    assert [line.rsplit("/", 1)[1].split(":")[0] for line in fakes.asked[2 * len(BUILT) :]] == [
        "apm",
        "apm",
    ]
    assert delivery("build", "amp")[0] == 2

    fakes.breaks("registry-away")
    code, stderr, _, _ = delivery("build")
    assert code in (1, 2)
    assert stderr.startswith("delivery: ")


@pytest.mark.servers
def test_outside_of_a_checkout(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "delivery", "status"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert "is not in a git checkout; run delivery in one" in done.stderr
