"""`delivery trust`: the script by which an administrator lets this repository's workflows into AWS."""

import json
from collections.abc import Sequence

from delivery.domain.settings import Settings
from delivery.domain.trust import BUILD, DASHBOARD, PLATFORM, permissions, policy, purposes

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
ONE_BRANCH = '{"deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true}}'


def script(settings: Settings, account: str, prefixes: Sequence[str], branch: str) -> str:
    """One role per purpose, and the environment on GitHub that uses it."""
    lines = [
        "# Read it, then run it with aws and gh as an administrator; again after a change, as of the name.",
        "set -eu",
    ]
    for purpose in purposes(settings):
        role = f"{settings.name}-{purpose}"
        arn = f"arn:aws:iam::{account}:role/{role}"
        trusts = json.dumps(policy(account, prefixes, branch, purpose))
        may = json.dumps(permissions(settings, account, purpose))
        lines += [
            f"\n# {purpose}",
            f"trusts='{trusts}'",
            f'aws iam create-role --role-name {role} --assume-role-policy-document "$trusts" ||',
            f'  aws iam update-assume-role-policy --role-name {role} --policy-document "$trusts"',
            f"aws iam wait role-exists --role-name {role}",
            f"aws iam put-role-policy --role-name {role} --policy-name delivery --policy-document '{may}'",
            *_cluster(settings, arn, purpose),
            *_environment(settings, arn, branch, purpose),
        ]
    return "\n".join(lines) + "\n"


def _cluster(settings: Settings, arn: str, purpose: str) -> list[str]:
    """What a role is in the cluster: nothing, an administrator, or in the groups that docs/fork.md binds."""
    if purpose == BUILD:
        return []
    where = f"--cluster-name {settings.cluster} --region {settings.region} --principal-arn {arn}"
    if purpose == PLATFORM:
        return [
            f"aws eks create-access-entry {where} || aws eks describe-access-entry {where}",
            f"aws eks associate-access-policy {where} --policy-arn {ADMIN} --access-scope type=cluster",
        ]
    groups = f"{settings.name}-view" + ("" if purpose == DASHBOARD else f" {settings.name}-{purpose}")
    entry = f"access-entry {where} --kubernetes-groups {groups}"
    return [f"aws eks create-{entry} ||", f"  aws eks update-{entry}"]


def _environment(settings: Settings, arn: str, branch: str, purpose: str) -> list[str]:
    """Its environment on GitHub, which runs of the default branch alone may use, and its role there."""
    where = f"repos/{settings.repository}/environments/{purpose}"
    return [
        f"echo '{ONE_BRANCH}' | gh api --method PUT {where} --input - --silent",
        f"gh api --method POST {where}/deployment-branch-policies -f name={branch} --silent ||",
        f"  echo 'look whether {branch} is listed: Settings -> Environments -> {purpose}' >&2",
        f"gh variable set AWS_ROLE_ARN --repo {settings.repository} --env {purpose} --body {arn}",
    ]
