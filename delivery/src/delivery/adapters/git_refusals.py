"""Why git refused a push: somebody else's came first, or for good."""

import re

from delivery.adapters.process import ToolError

# What git says when somebody else's push came first; every other refusal is final.
RACE = re.compile(
    r"\[rejected\]|cannot lock ref|failed to update ref|incorrect old value|is at .* but expected",
    re.IGNORECASE,
)


def refusal(error: ToolError) -> str:
    """Why a push was refused for good, in one line."""
    lines = [line.strip() for line in error.output.splitlines()]
    refused = [line for line in lines if "[remote rejected]" in line or line.startswith("remote: error")]
    return refused[-1].split("\t")[-1] if refused else str(error)
