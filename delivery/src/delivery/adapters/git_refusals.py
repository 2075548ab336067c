"""Why git refused a push: another push came first, or the refusal is final."""

import re

from delivery.adapters.process import ToolError

# The messages of git when another push came first; every other refusal is final.
RACE = re.compile(
    r"\[rejected\]|cannot lock ref|failed to update ref|incorrect old value|is at .* but expected",
    re.IGNORECASE,
)


def refusal(error: ToolError) -> str:
    """The reason of a final refusal, in one line."""
    lines = [line.strip() for line in error.output.splitlines()]
    refused = [line for line in lines if "[remote rejected]" in line or line.startswith("remote: error")]
    return refused[-1].split("\t")[-1] if refused else str(error)
