"""The commands of docs/demo.md, and which test runs each of them: those with staging on demand."""

import re

from local.app import ROOT

BLOCKS = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
RUN_BY = {
    "make stage REPLAY=docs/recordings/bad-release.jsonl": "test_talk.py",
    "make cluster": "cluster/qa/test_talk.py",
    "make stage-reset": "cluster/qa/test_talk.py",
    "make stage-check": "cluster/qa/test_talk.py",
    "make stage": "cluster/qa/test_talk.py",
    "make deploy": "cluster/qa/test_talk.py",
    "make demo-rollback": "cluster/uat/test_demo_rollback.py",
    "make cluster ENV=staging": "cluster/staging/test_demo_blue_green.py",
    "make demo-blue-green": "cluster/staging/test_demo_blue_green.py",
}


def commands() -> list[str]:
    """Every command in the page's blocks, in their order."""
    blocks = BLOCKS.findall((ROOT / "docs/demo.md").read_text())
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def run_by(test: str) -> list[str]:
    """Those that this test must run, in their order."""
    return [command for command in commands() if RUN_BY[command] == test]
