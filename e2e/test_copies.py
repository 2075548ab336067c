"""No library is shared between the services: copied code is the same text, each with its name."""

import pytest

from local.app import ROOT

COPIES = {
    "database_url.py": ("worker", "result"),
    "listening.py": ("vote", "worker", "result", "apm"),
    "redis_url.py": ("worker", "vote"),
    "startup.py": ("vote", "result"),
}


def text(service: str, module: str) -> str:
    """The module as it would be for a service called NAME."""
    source = (ROOT / service / "src" / service / module).read_text()
    return source.replace(service, "NAME").replace(service.upper(), "NAME")


@pytest.mark.parametrize(
    ("module", "first", "other"),
    [(module, first, other) for module, (first, *others) in COPIES.items() for other in others],
)
def test_copied_modules_are_the_same_text(module, first, other):
    assert text(other, module) == text(first, module)


@pytest.mark.parametrize(("first", "other"), [("vote", "worker"), ("vote", "result"), ("vote", "apm")])
def test_dockerfiles_are_the_same_text(first, other):
    ours, theirs = [
        (ROOT / service / "Dockerfile").read_text().replace(service, "NAME") for service in (first, other)
    ]
    assert ours == theirs
