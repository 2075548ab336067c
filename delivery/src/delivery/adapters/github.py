"""The GitHub adapter: the environment of a run, and facts about the repository from gh."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from delivery.adapters.process import ToolError, run
from delivery.domain import trust
from delivery.domain.errors import ConfigurationError
from delivery.domain.settings import Settings


@dataclass(frozen=True, kw_only=True)
class ActionsEnvironment:
    """The variables that GitHub Actions sets for a run; all are empty elsewhere."""

    output: str = ""
    step_summary: str = ""
    run_url: str = ""
    server: str = ""  # github.com or GitHub Enterprise
    on_github: bool = False
    actor: str = ""  # the user who started the run, by a push, a merge or by hand

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the variables of GitHub Actions: files for outputs and summary, the run's URL, the actor."""
        parts = [env.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
        run_url = "{}/{}/actions/runs/{}".format(*parts) if all(parts) else ""
        return cls(
            output=env.get("GITHUB_OUTPUT", ""),
            step_summary=env.get("GITHUB_STEP_SUMMARY", ""),
            run_url=run_url,
            server=parts[0],
            on_github=env.get("GITHUB_ACTIONS") == "true",
            actor=env.get("GITHUB_ACTOR", ""),
        )


def repository(settings: Settings) -> tuple[list[str], str]:
    """The prefixes of the subjects of GitHub's tokens, and the default branch."""
    where = f"repos/{settings.repository}"
    facts, oidc = _ask(where), _ask(f"{where}/{trust.CUSTOMIZATION}")
    return trust.prefixes(settings, facts, oidc), str(facts["default_branch"])


def _ask(path: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(run("gh", "api", path))
    except (ToolError, ValueError) as error:
        raise ConfigurationError(
            f"GitHub did not answer: {error}; check repository in delivery.toml, and: gh auth status"
        ) from error
    return found
