"""Who may assume which role; GitHub's answers are those of its documentation."""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace

import pytest
from ruamel.yaml import YAML

from delivery.domain import trust
from delivery.domain.errors import ConfigurationError
from delivery.output import aws_script
from local.app import ROOT

from .samples import toml

FACTS = {"name": "acme", "id": 456789, "owner": {"login": "acme-org", "id": 123456}, "default_branch": "main"}
IDS, NAMES = "repo:acme-org@123456/acme@456789", "repo:acme-org/acme"
ACCOUNT = "123456789012"
GH = """#!/bin/sh
[ ! -e "$0.refuses" ] || { echo "gh: Not Found (HTTP 404)" >&2; exit 1; }
case $2 in */customization/sub) cat "$0.oidc" ;; *) cat "$0.facts" ;; esac
"""


def listed(value):
    return [value] if isinstance(value, str) else value


@pytest.fixture
def ecr(settings):
    return replace(settings, registry=f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com/acme", connect="aws")


@pytest.mark.parametrize(
    ("oidc", "expected"),
    [
        ({"use_default": True, "use_immutable_subject": True, "sub_claim_prefix": IDS}, [IDS]),
        ({"use_default": True, "use_immutable_subject": False, "sub_claim_prefix": NAMES}, [NAMES]),
        ({"use_default": True, "use_immutable_subject": True}, [IDS]),
        ({"use_default": True, "use_immutable_subject": False}, [NAMES]),
        ({"use_default": True}, [IDS, NAMES]),
    ],
)
def test_subjects_have_the_form_that_github_says(settings, oidc, expected):
    assert trust.prefixes(settings, FACTS, oidc) == expected


def test_a_customized_subject_is_refused(settings):
    with pytest.raises(ConfigurationError, match="use_default=true"):
        trust.prefixes(settings, FACTS, {"use_default": False, "include_claim_keys": ["repo", "context"]})


@pytest.mark.parametrize("purpose", ["build", "landscape", "platform", "qa"])
def test_a_role_trusts_one_environment_on_the_default_branch(purpose):
    (statement,) = trust.policy(ACCOUNT, [IDS], "trunk", purpose)["Statement"]

    assert list(statement["Condition"]) == ["StringEquals"]
    equals = statement["Condition"]["StringEquals"]
    assert equals["token.actions.githubusercontent.com:sub"] == f"{IDS}:environment:{purpose}"
    assert equals["token.actions.githubusercontent.com:ref"] == "refs/heads/trunk"
    assert equals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    assert "*" not in json.dumps(statement)


def test_only_the_build_pushes_and_the_dashboard_only_reads(ecr):
    actions = {
        purpose: {
            action
            for statement in trust.permissions(ecr, ACCOUNT, purpose)["Statement"]
            for action in listed(statement["Action"])
        }
        for purpose in trust.purposes(ecr)
    }

    assert [purpose for purpose, may in actions.items() if "ecr:PutImage" in may] == ["build"]
    assert actions["landscape"] == {"eks:DescribeCluster"}
    assert "eks:DescribeCluster" not in actions["build"]


def test_every_environment_of_the_workflows_has_a_role(settings):
    named = set(trust.purposes(settings))
    used = set()
    for path in (ROOT / ".github/workflows").glob("*.yaml"):
        for job in YAML(typ="safe").load(path)["jobs"].values():
            env = job.get("environment", {})
            used.add(env.get("name", "") if isinstance(env, dict) else env)
    assert {each for each in used if each and "${{" not in each} <= named


def test_the_account_is_the_registrys_or_given(ecr, settings):
    assert trust.aws_account(ecr) == ACCOUNT
    assert trust.aws_account(ecr, "210987654321") == "210987654321"
    with pytest.raises(ConfigurationError, match="--account"):
        trust.aws_account(settings)


@pytest.mark.servers
def test_the_script_is_a_shell_script(ecr):
    script = aws_script.script(ecr, ACCOUNT, [IDS], "main")
    done = subprocess.run(["sh", "-n"], input=script, capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")
    assert "create-access-entry" in script
    for purpose in trust.purposes(ecr):
        assert f"gh variable set AWS_ROLE_ARN --repo acme-org/acme --env {purpose} " in script
        assert f"environments/{purpose}/deployment-branch-policies -f name=main" in script


def test_a_branch_of_any_name_is_one_word_to_the_shell(ecr):
    branch = "it's;$(echo)&"
    words = shlex.split(aws_script.script(ecr, ACCOUNT, [IDS], branch), comments=True)

    assert words.count(f"name={branch}") == words.count(branch) == len(trust.purposes(ecr))


@pytest.mark.servers
def test_the_command_asks_github(project, ecr, tmp_path, monkeypatch):
    gh = tmp_path / "bin/gh"
    gh.parent.mkdir()
    gh.write_text(GH)
    gh.chmod(0o755)
    (tmp_path / "bin/gh.facts").write_text(json.dumps(FACTS))
    (tmp_path / "bin/gh.oidc").write_text(json.dumps({"use_default": True, "sub_claim_prefix": IDS}))
    monkeypatch.setenv("PATH", f"{gh.parent}:{os.environ['PATH']}")
    (project.root / "delivery.toml").write_text(toml(ecr))

    def call(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "delivery", "trust", *arguments],
            cwd=project.root,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert json.loads(call("qa").stdout) == trust.policy(ACCOUNT, [IDS], "main", "qa")
    assert call().stdout == aws_script.script(ecr, ACCOUNT, [IDS], "main")
    assert call("prod").returncode == 2
    (tmp_path / "bin/gh.refuses").touch()
    refused = call("qa")
    assert refused.returncode == 2
    assert refused.stderr.startswith("delivery: GitHub did not answer: gh api repos/acme-org/acme: ")
    assert refused.stderr.count("\n") == 1


@pytest.mark.servers
@pytest.mark.parametrize("there", [False, True], ids=["first", "again"])
def test_the_script_runs_to_its_end_once_and_again(ecr, tmp_path, there):
    """aws and gh are fakes: they refuse to create what exists, and it is updated instead."""
    for name in ("aws", "gh"):
        played = tmp_path / name
        refusal = (
            'case $2 in create-*) exit 254 ;; esac; case "$*" in *POST*) exit 1 ;; esac' if there else ":"
        )
        played.write_text(f'#!/bin/sh\necho "{name} $*" >>{tmp_path}/asked\n{refusal}\n')
        played.chmod(0o755)

    done = subprocess.run(
        ["sh"],
        input=aws_script.script(ecr, ACCOUNT, [IDS], "main"),
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "asked").read_text()
    assert asked.count("gh variable set AWS_ROLE_ARN") == len(trust.purposes(ecr))
    assert asked.count("aws iam update-assume-role-policy") == there * len(trust.purposes(ecr))
    assert asked.count("aws eks update-access-entry") == there * len([*ecr.env_names, "landscape"])
    assert "--kubernetes-groups acme-view acme-qa\n" in asked
