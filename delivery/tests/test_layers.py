"""Imports go down: commands, steps, then output and adapters on one level, then the domain."""

import ast
from pathlib import Path

import pytest

import delivery

SOURCE = Path(delivery.__file__).parent
BELOW = {
    "__main__": {"commands", "steps", "output", "adapters", "domain"},
    "commands": {"steps", "output", "adapters", "domain"},
    "steps": {"output", "adapters", "domain"},
    "output": {"domain"},
    "adapters": {"domain"},
    "domain": set(),
}


def imported(path):
    """The modules of delivery that a module imports, as paths without their end."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("delivery"):
            for each in node.names:
                yield ".".join([node.module, each.name]).split(".")[1:]


def modules():
    return sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("module", modules(), ids=str)
def test_imports_go_down(module):
    layer = module.with_suffix("").parts[0]

    for parts in imported(SOURCE / module):
        assert parts[0] in BELOW[layer] | {layer}, f"{module} imports {'.'.join(parts)}"
        if layer == "commands" == parts[0]:
            assert parts[1] == "options", f"{module} imports another command: {'.'.join(parts)}"
