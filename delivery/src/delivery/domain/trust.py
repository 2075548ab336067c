"""The IAM policies for workflows on AWS: one role per purpose.

GitHub says which form the subject of its tokens has: names, or names with ids in repositories created since
2026-07-15.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from delivery.domain.errors import ConfigurationError
from delivery.domain.services import DEPLOYED, SERVICES
from delivery.domain.settings import Settings

CUSTOMIZATION = "actions/oidc/customization/sub"
ISSUER = "token.actions.githubusercontent.com"
BUILD, DASHBOARD, PLATFORM = "build", "landscape", "platform"
ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(/(?P<path>.+))?")
READ = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
PUSH = [
    *READ,
    "ecr:BatchCheckLayerAvailability",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]
Policy = dict[str, Any]


def purposes(settings: Settings) -> tuple[str, ...]:
    """The purposes of roles; each is also an environment on GitHub."""
    return (BUILD, DASHBOARD, PLATFORM, *settings.env_names)


def aws_account(settings: Settings, given: str = "") -> str:
    """The AWS account: the given one, or that of the registry."""
    found = ECR.fullmatch(settings.registry)
    wanted = given or (found["account"] if found else "")
    if not re.fullmatch(r"\d{12}", wanted):
        ask = "aws sts get-caller-identity --query Account --output text"
        raise ConfigurationError(f"name the AWS account, 12 digits: --account $({ask})")
    return wanted


def prefixes(settings: Settings, facts: Mapping[str, Any], oidc: Mapping[str, Any]) -> list[str]:
    """The prefixes of subjects according to GitHub, or both forms if it does not say."""
    if oidc.get("use_default") is False:
        raise ConfigurationError(
            f"the subjects of {settings.repository} are customized, these policies are for GitHub's own: "
            f"gh api --method PUT repos/{settings.repository}/{CUSTOMIZATION} -F use_default=true"
        )
    if oidc.get("sub_claim_prefix"):
        return [str(oidc["sub_claim_prefix"])]
    owner, name = facts["owner"]["login"], facts["name"]
    names, ids = f"repo:{owner}/{name}", f"repo:{owner}@{facts['owner']['id']}/{name}@{facts['id']}"
    immutable = oidc.get("use_immutable_subject")
    return [ids, names] if immutable is None else [ids] if immutable else [names]


def policy(account: str, prefixes: Sequence[str], branch: str, purpose: str) -> Policy:
    """The trust policy of a role: jobs in that environment, in runs on the default branch, may assume it."""
    subjects = [f"{prefix}:environment:{purpose}" for prefix in prefixes]
    return _statements(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{account}:oidc-provider/{ISSUER}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    f"{ISSUER}:aud": "sts.amazonaws.com",
                    f"{ISSUER}:ref": f"refs/heads/{branch}",
                    f"{ISSUER}:sub": subjects if len(subjects) > 1 else subjects[0],
                }
            },
        }
    )


def permissions(settings: Settings, account: str, purpose: str) -> Policy:
    """The permissions of a role in AWS; its permissions in the cluster are set there."""
    statements: list[Policy] = []
    if found := ECR.fullmatch(settings.registry) if purpose != DASHBOARD else None:
        path = f"{found['path']}/" if found["path"] else ""
        services = SERVICES if purpose == BUILD else ("apm",) if purpose == PLATFORM else DEPLOYED
        arn = f"arn:aws:ecr:{found['region']}:{found['account']}:repository/{path}"
        statements = [
            {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": PUSH if purpose == BUILD else READ,
                "Resource": [f"{arn}{service}" for service in services],
            },
        ]
    if purpose != BUILD:
        cluster = f"arn:aws:eks:{settings.region}:{account}:cluster/{settings.cluster}"
        statements.append({"Effect": "Allow", "Action": "eks:DescribeCluster", "Resource": cluster})
    return _statements(*statements)


def _statements(*statements: Policy) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}
