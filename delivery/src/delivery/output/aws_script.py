"""`delivery trust`: the script with which an administrator gives workflows access to AWS."""

import json
import shlex
from collections.abc import Mapping, Sequence

from delivery.domain.settings import Settings
from delivery.domain.trust import BUILD, DASHBOARD, PLATFORM, permissions, policy, purposes
from delivery.output.markdown import environment


def script(settings: Settings, account: str, prefixes: Sequence[str], branch: str) -> str:
    """The script: one role per purpose, with its environment on GitHub, only for the default branch."""

    def role(purpose: str) -> Mapping[str, object]:
        name = f"{settings.name}-{purpose}"
        return {
            "purpose": purpose,
            "role": name,
            "arn": f"arn:aws:iam::{account}:role/{name}",
            "trusts": json.dumps(policy(account, prefixes, branch, purpose)),
            "may": json.dumps(permissions(settings, account, purpose)),
            "administers": purpose == PLATFORM,
            "groups": groups(settings, purpose),
        }

    roles = [role(purpose) for purpose in purposes(settings)]
    template = environment(shlex.quote).get_template("trust.sh.j2")
    return template.render(vars(settings), roles=roles, branch=branch)


def groups(settings: Settings, purpose: str) -> list[str]:
    """The groups of a role in the cluster, bound in docs/fork.md; none for the build or an administrator."""
    own = [] if purpose == DASHBOARD else [f"{settings.name}-{purpose}"]
    return [] if purpose in (BUILD, PLATFORM) else [f"{settings.name}-view", *own]
